"""The attempt journal and the breaker across ``kill -9`` and torn writes."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from schemas.records.terms import DeadLetterReason
from streams.stages.attempts import STOPPED, AttemptJournal, LastFailure
from streams.stages.breaker import Breaker, TooManyDeadLetters
from streams.stages.outcome import Incoming

RECORDS = [Incoming("t", n % 2, n, 0, b"k", b"v") for n in range(4)]
FAILURES = [
    STOPPED,
    LastFailure(DeadLetterReason.ASR_CRASH, "child ended by signal 11"),
    LastFailure(DeadLetterReason.ASR_TIMEOUT, "later than 120 s"),
]
LIMIT = 3
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""The journal fsyncs; thousands of them on a disk would take minutes."""


class JournalUnderFire(RuleBasedStateMachine):
    """Notes, clears and restarts; a death within a write leaves a part of that line, or none of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(dir=IN_MEMORY)
        self.path = Path(self.folder.name) / "attempts"
        self.known: dict[Incoming, tuple[int, LastFailure]] = {}
        self._start()

    def _start(self) -> None:
        self.journal = AttemptJournal(self.path, compact_after=5)

    @rule(record=st.sampled_from(RECORDS), failure=st.sampled_from(FAILURES))
    def note(self, record: Incoming, failure: LastFailure) -> None:
        count = self.known.get(record, (0, STOPPED))[0] + 1

        assert self.journal.note(record, failure) == count
        self.known[record] = (count, failure)

    @rule(record=st.sampled_from(RECORDS))
    def clear(self, record: Incoming) -> None:
        self.journal.clear(record)
        self.known.pop(record, None)

    @rule(record=st.sampled_from(RECORDS), kept=st.floats(0, 0.99))
    def die_within_a_note(self, record: Incoming, kept: float) -> None:
        """The line is torn: what was noted before it stands, and the next process can go on."""
        before = self.path.read_bytes()
        self.journal.note(record)
        after = self.path.read_bytes()
        if after.startswith(before):  # else the file was written anew, in one step
            line = after[len(before) :]
            self.path.write_bytes(before + line[: int((len(line) - 1) * kept)])
        else:
            self.known[record] = (self.known.get(record, (0, STOPPED))[0] + 1, STOPPED)
        self._start()

    @rule(rubbish=st.binary(max_size=40))
    def find_rubbish_after_a_power_cut(self, rubbish: bytes) -> None:
        self.journal.close()
        with self.path.open("ab") as file:
            file.write(b"\x00" + rubbish)
        self._start()

    @rule()
    def die(self) -> None:
        self._start()

    @invariant()
    def nothing_is_forgotten_and_nobody_else_is_blamed(self) -> None:
        for record in RECORDS:
            count, failure = self.known.get(record, (0, STOPPED))
            assert self.journal.attempts(record) == count
            assert self.journal.last_failure(record) == failure

    def teardown(self) -> None:
        self.journal.close()
        self.folder.cleanup()


class BreakerUnderFire(RuleBasedStateMachine):
    """Records that pass and records that are set aside, with restarts whenever the breaker opens."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(dir=IN_MEMORY)
        self.in_a_row = 0
        self.since_start = 0
        self._start()

    def _start(self) -> None:
        journal = AttemptJournal(Path(self.folder.name) / "attempts", compact_after=5)
        self.breaker = Breaker(LIMIT, journal)
        self.since_start = 0

    @rule()
    def set_aside(self) -> None:
        try:
            self.breaker.set_aside()
        except TooManyDeadLetters:
            assert self.in_a_row >= LIMIT
            self._start()
        else:
            self.in_a_row += 1
            self.since_start += 1

    @rule()
    def pass_one(self) -> None:
        self.breaker.passed()
        self.in_a_row = 0

    @rule()
    def die(self) -> None:
        self._start()

    @invariant()
    def beyond_the_limit_each_process_sets_aside_one_record_more_at_most(self) -> None:
        assert self.in_a_row <= LIMIT or self.since_start <= 1

    def teardown(self) -> None:
        self.folder.cleanup()


TestJournalUnderFire = JournalUnderFire.TestCase
TestJournalUnderFire.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
TestBreakerUnderFire = BreakerUnderFire.TestCase
TestBreakerUnderFire.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
