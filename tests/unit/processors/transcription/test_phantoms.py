import pytest

from processors.transcription.phantoms import is_phantom


@pytest.mark.parametrize(
    "text",
    [
        "感谢观看",
        "謝謝大家的收看!",
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
        "字幕由Amara.org社群提供",
        "Thanks for watching!",
        "Thank you so much for watching.",
    ],
)
def test_credits_of_videos_are_phantoms(text):
    assert is_phantom(text)


@pytest.mark.parametrize(
    "text",
    [
        "感谢您的来电，再见",
        "谢谢你",
        "我在看电视",
        "Thank you for calling",
        "我昨天在你们公众号上看到感谢观看的视频里说可以退款所以我就申请了退款请问为什么现在还没有到账我很着急",
    ],
)
def test_what_people_say_on_the_telephone_is_none(text):
    assert not is_phantom(text)
