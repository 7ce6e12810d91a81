"""Sentences of a service whose numbers are nobody's secret: whatever is masked in them is a false alarm."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from processors.language.numerals import spoken_digits
from streams.bench.redaction_forms import AGENT, Invented, fillings

_HARMLESS = (
    "您好,工号{four}为您服务",
    "您好,客服{four}为您服务,请问有什么可以帮您",
    "您好,我是坐席{four}",
    "请拨打{hotline}咨询",
    "可以打{spoken_hotline}投诉",
    "客服热线是400-{three}-{four}",
    "您的订单号是{ten}{four}",
    "快递单号SF{ten}",
    "工单编号{spoken_ten}",
    "这个月话费一共{five}元",
    "账户余额{six}.{two}元",
    "多扣了三百二十一块五毛",
    "套餐是每月五十九元,含二十个G流量",
    "流量包{three}GB,有效期30天",
    "{year}年{month}月{day}日到期",
    "2026-{month:02}-{day:02} 12:30:45 到账",
    "二零二六年十一月五日十二点三十分",
    "预计{month}到{day}个工作日",
    "电池{four}mAh,像素{four}万",
    "屏幕分辨率2532 x 1170",
    "股票代码{six}",
    "邮编{six}",
    "取件码{four}",
    "验证码60秒内有效",
    "密码错误3次,请10分钟后再试",
    "第{two}位客户,请稍等",
    "体检预约编号是{year}{month:02}{day:02}",
    "营业厅在中山路{two}号",
    "五公里,两千步,七百三四十个",
    "三点一四一五九二六",
    "今天的开奖号码是{seven}",
    "our opening hours are 9 to 17, order number {nine}",
    "your ticket number is {eight}",
    "that is {four} dollars and {two} cents",
    "please call the hotline {hotline}",
    "it takes {two} to {two} business days",
)


def harmless(seed: int = 1, times: int = 10) -> Iterator[Sequence[tuple[str, str]]]:
    """Every sentence ``times`` times, each with other numbers, as conversations of one turn."""
    invented = Invented(seed)
    source = random.Random(seed)  # noqa: S311 - not a secret
    for _ in range(times):
        for pattern in _HARMLESS:
            hotline = source.choice(("10086", "10010", "12315", "95588", "12300"))
            facts = {
                **fillings(invented),
                "two": invented.digits(2),
                "spoken_ten": spoken_digits(invented.digits(10)),
                "hotline": hotline,
                "spoken_hotline": spoken_digits(hotline, "幺"),
                "year": source.randint(2020, 2029),
                "month": source.randint(1, 12),
                "day": source.randint(1, 28),
            }
            yield ((AGENT, pattern.format(**facts)),)
