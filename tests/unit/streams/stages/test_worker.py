import pytest
from aiokafka import errors
from faust.exceptions import ProducerSendError

from schemas.records.terms import DeadLetterReason
from streams.stages.outcome import Unavailable, Unprocessable
from streams.stages.worker import send_failure


def wrapped(cause: Exception) -> ProducerSendError:
    error = ProducerSendError("Error while sending")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        errors.KafkaTimeoutError(),
        errors.KafkaConnectionError(),
        errors.RequestTimedOutError(),
        errors.NotEnoughReplicasError(),
        errors.NotLeaderForPartitionError(),
        errors.UnknownTopicOrPartitionError(),
        errors.TopicAuthorizationFailedError(),
        wrapped(errors.KafkaTimeoutError()),
        wrapped(errors.UnknownTopicOrPartitionError()),
        ProducerSendError("no producer"),
    ],
    ids=lambda error: f"{type(error).__name__} {type(error.__cause__).__name__}",
)
def test_no_record_is_blamed_for_what_the_broker_cannot_do_now(error: Exception):
    assert isinstance(send_failure(error), Unavailable)


@pytest.mark.parametrize(
    "error", [errors.MessageSizeTooLargeError(), wrapped(errors.MessageSizeTooLargeError())]
)
def test_a_record_that_is_too_large_will_never_pass(error: Exception):
    failure = send_failure(error)

    assert isinstance(failure, Unprocessable)
    assert failure.reason is DeadLetterReason.OVERSIZE
