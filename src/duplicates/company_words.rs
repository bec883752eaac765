//! Words of company names: legal forms, branches, and what people mistake.

use foldhash::HashSet;
use std::sync::LazyLock;

type Words = LazyLock<Vec<&'static str>>;

fn words(text: &'static str) -> Vec<&'static str> {
    text.split_whitespace().collect()
}

/// Legal forms of Chinese names, the longest first. What stands behind one of them is a part of the company. 集团 is none: a group is
/// another company than its members.
pub static FORMS: Words = LazyLock::new(|| {
    words(
        "股份有限责任公司 股份有限公司 有限责任公司 股份合作公司 责任有限公司 有限公司 有限会社 株式会社 \
         股份公司 合同会社",
    )
});

/// What brackets say of the legal form.
pub static BRACKETED_FORMS: Words =
    LazyLock::new(|| words("有限合伙 普通合伙 特殊普通合伙 个体工商户 个人独资 股份 株 有"));

/// The same in Latin letters, as words.
pub static LATIN_FORMS: Words = LazyLock::new(|| {
    words(
        "co company ltd limited inc incorporated corp corporation llc llp lp gmbh ag kg plc sa nv bv pte \
         pty srl spa sarl oy ab sdn bhd",
    )
});

/// Words that make a name that of a part of a company, at its end.
pub static BRANCHES: Words = LazyLock::new(|| {
    words(
        "分公司 支公司 子公司 分店 支店 分行 支行 分厂 分校 分院 分部 分社 分所 分局 分中心 分会 营业部 \
         营业厅 营业所 办事处 代表处 联络处 门市部 门店 储蓄所 分理处 项目部 直营店 加盟店 连锁店",
    )
});

/// What stands before 店 in the name of a shop that is one of several.
pub static SHOPS: Words =
    LazyLock::new(|| words("路店 街店 道店 广场店 城店 站店 号店 区店 镇店 村店 楼店 机场店"));

/// Characters that are taken for one another because they look alike.
pub static LOOK_ALIKE: Words = LazyLock::new(|| {
    words(
        "己已巳 未末 士土 日曰 人入 天夭 干千于 戊戌戍 冶治 晴睛 辨辩辫 帐账 籍藉 园圆 侯候 崇祟 汨汩 \
         刺剌 茶荼 免兔 折拆 析折 券卷 栗粟 蓝篮 幕墓慕 陪倍 竞竟 拔拨 师帅 亳毫 洒酒 贷货 复覆 祥详 徽微 \
         科料 技枝 帜织 徒徙 壁璧 喜善 农衣 问间",
    )
});

/// Signs of which another one makes another name: numbers, directions, and what tells the parts of a pair.
pub const TELLING: &str =
    "0123456789一二三四五六七八九十百甲乙丙丁东西南北中上下左右前后大小新老旧男女";

/// The regions that stand before names.
pub static REGIONS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("regions.txt").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});
