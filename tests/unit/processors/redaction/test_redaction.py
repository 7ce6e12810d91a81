import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.language.numerals import digit_runs, spoken_digits
from processors.redaction import PLACEHOLDERS, redact, redact_text
from schemas.records.terms import Entity


def grouped(digits: str, between: str, size: int = 4) -> str:
    return between.join(digits[start : start + size] for start in range(0, len(digits), size))


def wide(digits: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in digits)


WAYS = {
    "written": lambda digits: digits,
    "full-width": wide,
    "with spaces": lambda digits: grouped(digits, " "),
    "with hyphens": lambda digits: grouped(digits, "-", 3),
    "with commas": lambda digits: grouped(digits, ",", 6),
    "each apart": " ".join,
    "spoken": spoken_digits,
    "spoken with 幺": lambda digits: spoken_digits(digits, "幺"),
    "radio reading": lambda digits: spoken_digits(digits, "幺").replace("零", "洞").replace("七", "拐"),
    "with 嗯": lambda digits: grouped(spoken_digits(digits), ",嗯,"),
    "with 那个": lambda digits: grouped(spoken_digits(digits), " 那个 ", 3),
    "with 然后": lambda digits: grouped(spoken_digits(digits), "然后是", 6),
    "mixed": lambda digits: digits[:5] + spoken_digits(digits[5:]),
    "traditional": lambda digits: spoken_digits(digits).replace("二", "貳"),
}
FRAMES = {
    Entity.ID_CARD: ("我的身份证号码是{}", "证件{}谢谢", "{}", "您好,{}。"),
    Entity.BANK_CARD: ("卡号是{}", "银行卡{}好了", "{}", "您好,{}。"),
    Entity.PHONE: ("我的手机是{}", "打我电话{}吧", "{}", "您好,{}。"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("entity", FRAMES)
def test_no_number_is_missed_however_it_is_given(numbers, entity: Entity, way: str) -> None:
    invented = {
        Entity.ID_CARD: [numbers.resident_id()],
        Entity.BANK_CARD: [numbers.bank_card(16), numbers.bank_card(19)],
        Entity.PHONE: [numbers.mobile()],
    }
    for digits in invented[entity]:
        for frame in FRAMES[entity]:
            (redacted,) = redact([frame.format(WAYS[way](digits))])
            assert redacted.text == frame.format(PLACEHOLDERS[entity])
            assert [span.entity for span in redacted.spans] == [entity]


@pytest.mark.parametrize("spoken", [False, True])
@pytest.mark.parametrize("size", [3, 4, 6])
def test_a_number_split_over_turns_is_masked_in_each(numbers, spoken: bool, size: int) -> None:
    for digits, entity in (
        (numbers.resident_id(), Entity.ID_CARD),
        (numbers.bank_card(19), Entity.BANK_CARD),
        (numbers.mobile(), Entity.PHONE),
    ):
        given_ = spoken_digits(digits) if spoken else digits
        parts = [given_[start : start + size] for start in range(0, len(given_), size)]
        turns: list[str] = []
        for part in parts:
            turns += [part, "嗯,您继续"]
        redacted = redact(turns, ["customer", "agent"] * len(parts))
        assert [one.text for one in redacted[::2]] == [PLACEHOLDERS[entity]] * len(parts)
        assert [one.text for one in redacted[1::2]] == ["嗯,您继续"] * len(parts)


@pytest.mark.parametrize("question", ["请报一下您的身份证号码", "您的证件号是多少", "身份证号报一下"])
def test_an_identity_number_with_a_lost_or_wrong_digit_is_masked_by_the_question(
    numbers, question: str
) -> None:
    digits = numbers.resident_id()
    for place in range(0, 18, 3):
        lost = spoken_digits(digits[:place] + digits[place + 1 :])
        wrong = spoken_digits(digits[:place] + str((int(digits[place]) + 5) % 10) + digits[place + 1 :])
        for heard in (lost, wrong):
            (_, answer) = redact([question, f"好的,{heard}"], ["agent", "customer"])
            assert answer.text in {
                f"好的,{PLACEHOLDERS[kind]}" for kind in (Entity.ID_CARD, Entity.BANK_CARD)
            }


def test_a_card_with_a_lost_digit_is_masked_by_its_context(numbers) -> None:
    card = numbers.bank_card(19)
    for heard in (card[:7] + card[8:], card[:12]):
        assert redact_text(f"我的银行卡号是{heard}") == "我的银行卡号是[银行卡]"


def test_a_telephone_with_a_lost_digit_is_masked_by_its_context(numbers) -> None:
    heard = spoken_digits(numbers.mobile()[:10])
    assert redact(["请问您的手机号码", heard], ["a", "c"])[1].text == "[电话]"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("邮箱是Abc.d@163.com谢谢", "邮箱是[邮箱]谢谢"),
        ("一二三四五六艾特qq点com", "[邮箱]"),
        ("write to john dot smith at example dot com please", "write to [邮箱] please"),
        ("车牌京A12345", "车牌[车牌]"),
        ("鄂a7l六二u来的", "[车牌]来的"),
        ("沪AD12345和粤B8888警", "[车牌]和[车牌]"),
        ("护照E12345678", "护照[护照]"),
        ("护照号码是k一二三四五六七", "护照号码是[护照]"),
        ("验证码是1234", "验证码是[验证码]"),
        ("您收到的验证码四五六七八九", "您收到的验证码[验证码]"),
        ("123456是验证码", "[验证码]是验证码"),
        ("我的账号是12345678", "我的账号是[号码]"),
        ("服务密码是八八八八八八", "服务密码是[号码]"),
        ("座机010-66554433转8001", "座机[电话]"),
        ("座机零一零六六五五四四三三转幺二三", "座机[电话]"),
        ("我的电话是138xxxx5678", "我的电话是[电话]"),
        ("身份证号是33012319960512XXXX。", "身份证号是[身份证]。"),
        ("卡号6222********1234", "卡号[银行卡]"),
        ("送餐地址是朝阳区幸福路12号,六点送到", "送餐地址是朝阳区[地址],六点送到"),
        ("我住在阳光花园小区三栋二单元501室", "我住在[地址]"),
        ("i live at 42 north oak street, apt 5", "i live at [地址]"),
        ("邮箱是zhang.san艾特example点com点cn", "邮箱是[邮箱]"),
        ("邮箱是z h a n g 艾特 163 点 com", "邮箱是[邮箱]"),
        ("+86 138 0013 8000", "[电话]"),
        ("身份证是11010519491231002叉", "身份证是[身份证]"),
        ("打勾一三八零零一三八零零零", "打勾[电话]"),
        ("我的号码是一三八零零一三八三个零", "我的号码是[电话]"),
        ("身份证号码是三十七零一零二一九六三年四月十五日出生", "身份证号码是[身份证]出生"),
        ("身份证号是三十七零一零二一九九零零一零一一二三四", "身份证号是[身份证]"),
        ("我的电话是五千五百五五零一零一", "我的电话是[电话]"),
        ("订单号是4111111111111111", "订单号是[银行卡]"),
        ("工单编号13800138000", "工单编号[电话]"),
        ("微信号是zhang_san88", "微信号是[号码]"),
        ("QQ号12345678", "QQ号[号码]"),
        ("一三八,后面是零零一三,再后面八零零零", "[电话]"),
        ("身份证四四零三零五,一九八七零八一二,零零三,最后一位是X", "身份证[身份证]"),
        ("a visa ending in 4242", "a visa ending in [号码]"),
        ("13800138000,13900139000", "[电话],[电话]"),
        ("my number is one three eight double zero one three eight zero zero zero", "my number is [电话]"),
        ("card number 4111 1111 1111 1111", "card number [银行卡]"),
        ("call me at (415) 555-2671", "call me at [电话]"),
        ("my ssn is 123-45-6789", "my ssn is [身份证]"),
        ("my account number is 00123456", "my account number is [银行卡]"),
        ("the verification code is 4 5 6 7 8 9", "the verification code is [验证码]"),
    ],
)
def test_each_kind_of_data_has_its_placeholder(raw: str, expected: str) -> None:
    assert redact_text(raw) == expected


@pytest.mark.parametrize(
    "harmless",
    [
        "您好,工号一零三三为您服务,请问有什么可以帮您",
        "你好,我这个月的话费怎么多扣了三十块钱",
        "感谢您的耐心等待,这边核实确实多扣了三十元",
        "多扣的费用会在二十四小时内退还到您的账户",
        "我家的宽带断了两天了,一直没有人来修",
        "我已经打了三次电话了,问题还是没有解决",
        "再不解决我要去工信部投诉",
        "维修师傅会在今天下午六点之前上门",
        "我可以为您申请一张二十元的优惠券作为补偿",
        "商品支持七天无理由退货",
        "退款会在三到五个工作日原路退回",
        "您的套餐是每月五十九元,包含二十个流量",
        "保证收益百分之十,绝对没有风险",
        "为您取消套餐,下个月一号生效,请问可以吗",
        "验证码一直收不到",
        "验证码六十秒内有效,是10086发的",
        "我要打一二三一五,或者12300、12381投诉",
        "拨打95588,10010,10000",
        "二零二三年十一月五日十二点三十分",
        "2023-11-05 12:30:45 到账",
        "金额1234567元,¥1234567,1,234,567.00元",
        "我账户里有12345678元",
        "订单号20231105001234",
        "订单号是20231105001231",
        "快递单号SF0221179689",
        "密码错误三次,请十分钟后再试",
        "第一,第二,第三",
        "银行卡三万五千六百八十二元",
        "银行卡2023年11月05日到期",
        "银行卡是二零二三年十二月二十五日办的",
        "您的预约编号是20231015",
        "包裹单号SF3456789",
        "我想要一二三四五个",
        "更新app123456版本",
        "您好,客服3014为您服务",
        "请拨打客服热线400-123-4567或四零零八零零一二三四",
        "手机分辨率2532 x 1170像素,电池容量5000mAh,支持4K",
        "开奖号码是八八八八八八八八",
        "三点一四一五九二六",
        "我们公司地址在浦东新区人民路100号",
        "营业厅在中山路88号",
        "zip code 94107, error code 5001",
        "i looked at example.com twice, order number 123456789",
        "someone often phones at one",
    ],
)
def test_amounts_dates_and_public_numbers_stay(harmless: str) -> None:
    assert redact_text(harmless) == harmless


def test_what_a_number_is_called_in_the_same_turn_goes_before_an_older_question() -> None:
    turns = ["请报一下手机号码", "订单号是20231105001234"]
    assert [one.text for one in redact(turns, ["a", "c"])] == turns


RAW = st.text(
    alphabet="我的身份证卡号手机是13800一二三零幺, -@.com京A嗯那个元验证码\nxX\u3000叉", max_size=60
)


@given(st.lists(RAW, max_size=6), st.data())
def test_masking_keeps_everything_else_and_maps_it(turns: list[str], data: st.DataObject) -> None:
    parties = data.draw(st.lists(st.sampled_from("ac"), min_size=len(turns), max_size=len(turns)))
    for raw, redacted in zip(turns, redact(turns, parties), strict=True):
        assert len(redacted.offsets) == len(raw) + 1
        assert list(redacted.offsets) == sorted(redacted.offsets)
        assert redacted.offsets[-1] == len(redacted.text)
        masked = {index for span in redacted.spans for index in range(span.raw_start, span.raw_end)}
        for index, character in enumerate(raw):
            if index not in masked:
                assert redacted.text[redacted.offsets[index]] == character
        for span in redacted.spans:
            assert redacted.text[span.start : span.end] == PLACEHOLDERS[span.entity]


@given(st.lists(RAW, max_size=6))
def test_nothing_of_a_masked_number_is_left_in_its_place(turns: list[str]) -> None:
    for redacted in redact(turns):
        for span in redacted.spans:
            assert digit_runs(redacted.text[span.start : span.end]) == []


def test_a_number_that_is_repeated_in_pieces_is_masked_in_each(numbers) -> None:
    spoken = spoken_digits(numbers.resident_id()[:17] + "1")
    turns = [
        "请说身份证号",
        spoken[:6],
        f"好的{spoken[:6]}",
        spoken[6:14],
        "嗯",
        spoken[14:],
        f"后四位{spoken[14:]}对吗",
    ]

    masked = [one.text for one in redact(turns, list("acacaca"))]

    assert digit_runs("".join(masked), shortest=2) == []
    assert masked[2] == "好的[身份证]"


def test_other_digits_near_a_number_are_no_echo_of_it() -> None:
    turns = ["我手机是13800138000", "工号3014为您服务,多扣了1380元"]

    assert redact(turns, list("ca"))[1].text == turns[1]


def test_what_was_masked_upstream_is_counted_and_stays() -> None:
    (redacted,) = redact(["我的[身份证]和[电话]"])
    assert redacted.text == "我的[身份证]和[电话]"
    assert [span.entity for span in redacted.spans] == [Entity.ID_CARD, Entity.PHONE]


def test_turns_and_parties_of_different_number_are_refused() -> None:
    with pytest.raises(ValueError, match="2 turns but 1 parties"):
        redact(["一", "二"], ["a"])


@pytest.mark.parametrize(
    "piece", ["a ", "a.", "a dot ", "路", "幸福小区一单元", "x1", "1", "一", "-", "艾特", "身份证一"]
)
def test_time_grows_with_the_length_of_the_text_and_not_with_its_square(piece: str) -> None:
    """Pytest's own limit ends what does not end."""
    long = piece * 10_000

    (redacted,) = redact([long])

    assert len(redacted.offsets) == len(long) + 1
