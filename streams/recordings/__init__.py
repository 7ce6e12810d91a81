"""Recordings named by an event: fetched under a policy, recognised by their bytes, decoded under limits."""

from streams.recordings.addresses import HostPolicy
from streams.recordings.copying import FetchedRecording
from streams.recordings.decoding import DecodedRecording, decode
from streams.recordings.fetching import Fetcher, FetchPolicy
from streams.recordings.refusals import RecordingMissing, RecordingRejected
from streams.recordings.s3 import BucketPolicy, S3NotInstalled

__all__ = [
    "BucketPolicy",
    "DecodedRecording",
    "FetchPolicy",
    "FetchedRecording",
    "Fetcher",
    "HostPolicy",
    "RecordingMissing",
    "RecordingRejected",
    "S3NotInstalled",
    "decode",
]
