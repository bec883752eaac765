"""Makes the sheets of the English examples, `examples/*/en`, out of the Chinese ones.

    python3 examples/make_en.py

The same customers with the same figures under English names: a company's name is its syllables, 1 in 万元 is 10,000,
元 is USD. What the English schemes say of them is the same as what the Chinese ones say, customer by customer, which
tests/templates.rs holds them to. The same call always writes the same bytes.
"""

import csv
import io
import pathlib
import re
import unicodedata
from decimal import Decimal

HERE = pathlib.Path(__file__).resolve().parent

SYLLABLES = dict(
    zip(
        "利明智图光宏鼎盛东德博方永雅华创新海中天联达瑞安丰远信恒金同",
        "li ming zhi tu guang hong ding sheng dong de bo fang yong ya hua chuang xin hai zhong tian lian da rui an feng "
        "yuan xin heng jin tong".split(),
    )
)
TRADES = {
    "电子": "Electronics",
    "机械": "Machinery",
    "食品": "Foods",
    "建材": "Building Materials",
    "物流": "Logistics",
    "医疗": "Medical",
    "科技": "Technology",
    "纺织": "Textiles",
    "商贸": "Trading",
    "化工": "Chemicals",
}
FORMS = {"股份有限公司": "Inc.", "有限公司": "Ltd", "有限责任公司": "LLC"}
WORDS = {
    "是": "yes",
    "否": "no",
    "高级": "high",
    "中级": "middle",
    "低级": "low",
    # Industries and regions.
    "制造业": "Manufacturing",
    "电子制造": "Electronics",
    "零售业": "Retail",
    "服务业": "Services",
    "金融业": "Finance",
    "快消": "Consumer goods",
    "华南": "South",
    "华北": "North",
    "华东": "East",
    "西南": "Southwest",
    # Those of the service desk.
    "沈悦": "Shen Yue",
    "许航": "Xu Hang",
    "咨询": "question",
    "维修": "repair",
    "投诉": "complaint",
    "澄江电气": "Chengjiang Electric",
    "远洋冷链": "Yuanyang Cold Chain",
    "嘉禾烘焙": "Jiahe Bakery",
    "万通物流": "Wantong Logistics",
    "青禾教育": "Qinghe Schools",
    "宏达五金": "Hongda Hardware",
    "明月酒店": "Mingyue Hotel",
    "松涛印刷": "Songtao Printers",
    "百川设计": "Baichuan Design",
    "小满花店": "Xiaoman Flowers",
    "北山摄影": "Beishan Photography",
    "南浦书屋": "Nanpu Books",
}


def same(text):
    return text


def word(text):
    return WORDS[text] if text else ""


def company(text):
    first, second, trade, number, form = re.fullmatch(r"(.)(.)(..)(\d{4})(.*)", text).groups()
    name = (SYLLABLES[first] + SYLLABLES[second]).capitalize()
    return f"{name} {TRADES[trade]} {number} {FORMS[form]}"


def person(prefix):
    return lambda text: prefix + re.sub(r"\D", "", text)


def dollars(text):
    """Written in as many ways as the Chinese amount."""
    text = unicodedata.normalize("NFKC", text)
    number = Decimal(re.sub(r"[^\d.]", "", text) or 0) * (10_000 if "万" in text else 1)
    if not re.search(r"\d", text):
        return text
    if text.startswith("¥ "):
        return f"$ {number.normalize():f}"
    if text.startswith("¥"):
        return f"${number.normalize():,f}"
    if "元" in text:
        return f"{number.normalize():f} USD"
    return f"{number.normalize():,f}" if "," in text or "万" in text else f"{number.normalize():f}"


def ten_thousands(text):
    return f"{(Decimal(text) * 10_000).normalize():f}"


def day(text):
    return "-".join(f"{int(part):02}" for part in re.findall(r"\d+", text))


def moment(text):
    if not text:
        return ""
    date, _, time = text.partition(" ")
    hour, minute = time.split(":")[:2]
    return f"{day(date)} {int(hour):02}:{minute}"


# The sheet, the English one, and its columns: the Chinese heading (as far as its unit), the English one, how a cell is said.
SHEETS = [
    ("purchase-value", "customers", "customers", [
        ("客户编号", "customer_id", same),
        ("客户名称", "customer_name", company),
        ("购买金额", "purchases", dollars),
    ]),
    ("b2b-weighted", "customers", "customers", [
        ("客户编号", "customer_id", same),
        ("客户名称", "customer_name", company),
        ("所属行业", "industry", word),
        ("合作起始时间", "customer_since", day),
        ("年采购额", "annual_purchases", ten_thousands),
        ("采购增长率", "growth", same),
        ("投诉次数", "complaints", same),
        ("区域", "region", word),
    ]),
    ("ecommerce-members", "customers", "customers", [
        ("会员编号", "member_id", same),
        ("会员昵称", "nickname", person("member ")),
        ("手机", "mobile", same),
        ("年度消费金额", "annual_spending", same),
        ("购买次数", "purchases", same),
    ]),
    ("hotel-guests", "customers", "customers", [
        ("会员卡号", "card_number", same),
        ("姓名", "guest_name", person("Guest ")),
        ("入住次数", "stays", same),
        ("累计入住天数", "nights", same),
    ]),
    ("monthly-consumption", "customers", "customers", [
        ("客户编号", "customer_id", same),
        ("客户名称", "customer_name", company),
        ("当前等级", "current_grade", word),
        ("等级更新日期", "graded_on", same),
    ]),
    ("monthly-consumption", "orders", "orders", [
        ("订单编号", "order_id", same),
        ("客户编号", "customer_id", same),
        ("下单日期", "order_date", same),
        ("金额", "amount", same),
    ]),
    ("abc-share", "customers", "customers", [
        ("客户编号", "customer_id", same),
        ("客户名称", "customer_name", company),
        ("年采购额", "annual_purchases", same),
    ]),
    ("lifecycle", "customers", "customers", [
        ("客户编号", "customer_id", same),
        ("公司名称", "company", company),
        ("公司规模", "employees", same),
        ("购买意向", "interested", word),
        ("最近购买日期", "last_purchase", same),
    ]),
    ("service", "客户", "customers", [
        ("客户编号", "customer_id", same),
        ("客户名称", "customer_name", word),
        ("年采购额", "annual_purchases", ten_thousands),
        ("客服专员", "agent", word),
    ]),
    ("service", "工单", "tickets", [
        ("工单号", "ticket_id", same),
        ("客户编号", "customer_id", same),
        ("提交时间", "opened_at", moment),
        ("首次回复时间", "replied_at", moment),
        ("关闭时间", "closed_at", moment),
        ("工单类型", "kind", word),
    ]),
    ("service", "满意度答卷", "surveys", [
        ("答卷编号", "answer_id", same),
        ("客户编号", "customer_id", same),
        ("提交日期", "answered_on", same),
        ("总体满意度", "satisfaction", same),
        ("推荐意愿", "would_recommend", same),
    ]),
]


def rows_of(path):
    """The rows of a sheet, whatever its encoding, from its header on."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    rows = list(csv.reader(io.StringIO(text)))
    # A title above the header stands alone in its row.
    return rows[1:] if sum(map(bool, rows[0])) == 1 else rows


for example, source, target, columns in SHEETS:
    header, *rows = rows_of(HERE / example / f"{source}.csv")
    bare = [re.split(r"[(（]", heading)[0] for heading in header]
    places = [bare.index(heading) for heading, _, _ in columns]
    folder = HERE / example / "en"
    folder.mkdir(exist_ok=True)
    with open(folder / f"{target}.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(name for _, name, _ in columns)
        for row in rows:
            writer.writerow(say(row[place]) for place, (_, _, say) in zip(places, columns))
