"""Engine handles: one for every request, or one that a client keeps by a session's name."""

from __future__ import annotations

import threading
from collections.abc import Callable

from streams.local.store_server.faults import Code, refuse
from streams.local.store_server.handle import Handle
from streams.local.store_server.parameters import SessionKey

_MOST_SESSIONS = 256


class _Session:
    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.busy = True
        self.expires_at = 0.0


class Sessions:
    """Keeps the handles of named sessions until they have been idle for their timeout. Safe for threads."""

    def __init__(self, connect: Callable[[], Handle], clock: Callable[[], float]) -> None:
        """``connect`` opens a new handle; ``clock`` is monotonic, in seconds."""
        self._connect = connect
        self._clock = clock
        self._sessions: dict[str, _Session] = {}
        self._lock = threading.Lock()

    def take(self, key: SessionKey | None) -> Handle:
        """The session's handle, or a new one. Give it back with :meth:`leave`.

        Raises :class:`Fault` when the session works on another request, or is unknown but must exist.
        """
        self.drop_expired()
        if key is None:
            return self._connect()
        with self._lock:
            session = self._sessions.get(key.name)
            if session is None:
                session = self._open(key)
            elif session.busy:
                raise refuse(Code.SESSION_IS_LOCKED, "Session is locked by a concurrent client.")
            session.busy = True
            return session.handle

    def leave(self, key: SessionKey | None, handle: Handle) -> None:
        """Take a handle back after its request."""
        if key is None:
            handle.close()
            return
        with self._lock:
            session = self._sessions[key.name]
            session.busy = False
            session.expires_at = self._clock() + key.timeout_seconds

    def drop_expired(self) -> None:
        """Close the sessions whose time is over."""
        now = self._clock()
        with self._lock:
            idle = [(name, session) for name, session in self._sessions.items() if not session.busy]
            over = [self._sessions.pop(name) for name, session in idle if session.expires_at < now]
        for session in over:
            session.handle.close()

    def close(self) -> None:
        """Close every session."""
        with self._lock:
            sessions, self._sessions = list(self._sessions.values()), {}
        for session in sessions:
            session.handle.close()

    def _open(self, key: SessionKey) -> _Session:
        if key.must_exist:
            raise refuse(Code.SESSION_NOT_FOUND, "Session not found.")
        if len(self._sessions) >= _MOST_SESSIONS:
            idle = [
                (session.expires_at, name) for name, session in self._sessions.items() if not session.busy
            ]
            if not idle:
                raise refuse(Code.TOO_MANY_SIMULTANEOUS_QUERIES, "Too many sessions.")
            self._sessions.pop(min(idle)[1]).handle.close()
        session = self._sessions[key.name] = _Session(self._connect())
        return session
