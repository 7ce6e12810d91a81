"""What the settings let recordings be fetched from."""

from __future__ import annotations

import ipaddress

from streams.recordings.addresses import HostPolicy
from streams.recordings.fetching import FetchPolicy
from streams.recordings.s3 import BucketPolicy
from streams.settings import Settings


def fetch_policy(settings: Settings) -> FetchPolicy:
    """Folders, hosts, buckets and limits of the settings. Raises ``ValueError`` for what is no network."""
    networks = _listed(settings.recording_networks)
    for network in networks:
        ipaddress.ip_network(network)
    return FetchPolicy(
        roots=settings.roots(),
        hosts=HostPolicy(
            allowed=_listed(settings.recording_hosts),
            networks=networks,
            ca_file=settings.recording_ca_file,
            seconds=settings.recording_fetch_seconds,
        ),
        buckets=BucketPolicy(
            allowed=_listed(settings.recording_buckets),
            endpoint=settings.recording_s3_endpoint,
            region=settings.recording_s3_region,
            ca_file=settings.recording_ca_file,
            seconds=settings.recording_fetch_seconds,
        ),
        max_bytes=settings.recording_max_bytes,
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
