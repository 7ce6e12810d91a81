import pytest

from streams.recordings import HostPolicy, RecordingRejected
from streams.recordings.addresses import PinningResolver


@pytest.mark.parametrize(
    ("entry", "host", "port", "permitted"),
    [
        ("files.example.com", "files.example.com", 443, True),
        ("files.example.com", "FILES.example.com", 443, True),
        ("files.example.com", "files.example.com", 8443, False),
        ("files.example.com:8443", "files.example.com", 8443, True),
        ("files.example.com", "evil-files.example.com", 443, False),
        ("files.example.com", "files.example.com.evil.net", 443, False),
        ("example.com", "files.example.com", 443, False),
        ("[2606:4700::1]", "2606:4700::1", 443, True),
    ],
)
def test_only_hosts_that_stand_on_the_list_are_permitted(entry, host, port, permitted):
    assert HostPolicy(allowed=(entry,)).permits_host(host, port) is permitted


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1"])
def test_public_addresses_are_permitted(address):
    assert HostPolicy().permits_address(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.5", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0", "255.255.255.255"),
        *("169.254.169.254", "168.63.129.16", "100.100.100.200", "224.0.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1"),
        *(
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2001:0:7f00:1::",
            "::127.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b:1::7f00:1",
        ),
        *("fec0::1", "192.88.99.1", "192.0.0.8", "198.18.0.1", "240.0.0.1", "fd20:ce::254"),
    ],
)
def test_private_and_metadata_addresses_are_not(address):
    assert not HostPolicy().permits_address(address)


def test_a_private_network_can_be_opened_but_metadata_never():
    policy = HostPolicy(networks=("10.0.0.0/8", "0.0.0.0/0", "::/0"))

    assert policy.permits_address("10.1.2.3")
    assert not policy.permits_address("169.254.169.254")
    assert not policy.permits_address("::ffff:169.254.169.254")
    assert not policy.permits_address("100.100.100.200")
    assert not policy.permits_address("fd20:ce::254")


@pytest.mark.parametrize("name", ["2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "127.1"])
async def test_a_number_that_the_system_takes_for_an_address_leads_nowhere_even_from_the_list(name):
    resolver = PinningResolver(HostPolicy(allowed=(name,), networks=("10.0.0.0/8",)))

    with pytest.raises(RecordingRejected):
        await resolver.resolve(name, 443)


async def test_a_host_is_asked_for_once_and_its_second_answer_never_heard():
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])

    async def rebinding(host, port):
        return next(answers)

    resolver = PinningResolver(HostPolicy(), rebinding)

    first = await resolver.resolve("files.example.com", 443)
    second = await resolver.resolve("files.example.com", 443)

    assert [one["host"] for one in first] == [one["host"] for one in second] == ["93.184.215.14"]


async def test_one_private_address_among_public_ones_refuses_the_host():
    async def mixed(host, port):
        return ["93.184.215.14", "10.0.0.1"]

    with pytest.raises(RecordingRejected):
        await PinningResolver(HostPolicy(), mixed).resolve("files.example.com", 443)
