//! The templates: the shipped examples, with what they are good for and what to change in them.
//!
//! A template is no copy of its example: the scheme and the rows are the example's own files, compiled in. Only the
//! comment that the scheme starts with is another one, because an example tells how it is run where it lies.

use regrade::diagnostic::Lang;

/// An example in one language.
pub struct Edition {
    /// What it is good for, in a sentence.
    pub about: &'static str,
    /// What people change to make it theirs, a line each.
    change: &'static [&'static str],
    /// The example's scheme.
    rules: &'static str,
    /// The example's sheets: file name and content.
    pub sheets: &'static [(&'static str, &'static [u8])],
}

/// An example to start from.
pub struct Template {
    /// Its name.
    pub name: &'static str,
    /// The date as of which its rows are to be graded, if it makes a difference.
    pub as_of: Option<&'static str>,
    /// Where its rows come from and under which licence, if they are not made up. It goes wherever they go.
    notice: Option<&'static str>,
    zh: Edition,
    en: Edition,
}

impl Template {
    /// The one in a language.
    pub const fn edition(&self, lang: Lang) -> &Edition {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// The scheme that is written, with what is to be said of the rows if they are too.
    pub fn scheme(&self, lang: Lang, with_rows: bool) -> String {
        let mut text = self.edition(lang).scheme(lang);
        for line in self
            .notice
            .filter(|_| with_rows)
            .into_iter()
            .flat_map(str::lines)
        {
            let line = line.trim_start_matches(['#', '>', ' ']);
            text += format!("\n# {line}").trim_end();
        }
        text
    }

    /// The template of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|template| template.name == name)
    }
}

impl Edition {
    /// The scheme that is written: what to change, then the example's.
    fn scheme(&self, lang: Lang) -> String {
        let mut text = format!("# {}\n#\n", self.about);
        text += match lang {
            Lang::Zh => "# 改成自己的：\n",
            Lang::En => "# To make it yours:\n",
        };
        for line in self.change {
            text += &format!("# - {line}\n");
        }
        text += match lang {
            Lang::Zh => {
                "#\n# 以 # 开头的是说明。改完运行 regrade check；改了字段，删掉工作簿再运行 regrade init，会按新字段生成。\n"
            }
            Lang::En => {
                "#\n# Lines with # explain. After a change run `regrade check`; if fields have changed, remove the workbook and run\n\
                 # `regrade init` for one with the new fields.\n"
            }
        };
        text + self.body()
    }

    /// The example's scheme from the empty line below its first comment on.
    fn body(&self) -> &'static str {
        let end = self.rules.find("\n\n").map_or(0, |at| at + 1);
        &self.rules[end..]
    }
}

macro_rules! edition {
    ($about:expr, [$($change:expr),* $(,)?], $rules:literal, [$($file:literal),*]) => {
        Edition {
            about: $about,
            change: &[$($change),*],
            rules: include_str!(concat!("../../../examples/", $rules)),
            sheets: &[$(($file, include_bytes!(concat!("../../../examples/", $file)))),*],
        }
    };
}

/// All templates, the simplest first.
pub static ALL: [Template; 9] = [
    Template {
        name: "purchase-value",
        as_of: None,
        notice: None,
        zh: edition!(
            "按一个金额分三级：高价值、中等价值、低价值。",
            [
                "等级的界线：[[grades]] 里的 100万、50万",
                "等级的名字和个数；从高到低写，最后一级不写 when",
                "金额那一列的名字，如果表里叫别的：改 fields，或者加 headers = [\"表里的列名\"]",
            ],
            "purchase-value/rules.toml",
            ["purchase-value/customers.csv"]
        ),
        en: edition!(
            "Three grades by one amount: high, middle, low.",
            [
                "the limits of the grades: 1000000 and 500000 in [[grades]]",
                "how many grades there are and what they are called; best first, the last without `when`",
                "the name of the amount, if your sheet has another: change `fields`, or add headers = [\"your heading\"]",
            ],
            "purchase-value/en/rules.toml",
            ["purchase-value/en/customers.csv"]
        ),
    },
    Template {
        name: "b2b",
        as_of: Some("2024-03-31"),
        notice: None,
        zh: edition!(
            "B2B：价值、稳定性、行业风险三个维度加权打分，定 A、B、C，再按组合分类型、加标签。",
            [
                "三个维度的权重 weight，加起来最好是 100",
                "每一档的界线和分数：年采购额 >= 100（万元）、合作年限、投诉次数",
                "哪些行业风险低、哪些高：行业风险里的文字",
                "A、B 的分数线：score >= 80、score >= 50",
                "类型的组合，和 [[tags]] 里的标签",
            ],
            "b2b-weighted/rules.toml",
            ["b2b-weighted/customers.csv"]
        ),
        en: edition!(
            "B2B: value, stability and industry risk, weighted into a score that gives A, B or C; types and tags.",
            [
                "the weights of the three dimensions, best with a sum of 100",
                "limits and points of each band: annual_purchases >= 1000000, years_with_us, complaints",
                "which industries are a low risk and which a high one: the texts in industry_risk",
                "the scores for A and B: score >= 80, score >= 50",
                "the combinations that make a type, and the tags",
            ],
            "b2b-weighted/en/rules.toml",
            ["b2b-weighted/en/customers.csv"]
        ),
    },
    Template {
        name: "members",
        as_of: None,
        notice: None,
        zh: edition!(
            "电商会员：按年度消费金额和购买次数分钻石、黄金、普通。",
            [
                "两条界线：消费 10万、5万，购买 100 次",
                "“超过”写 >，“至少”写 >=：正好在线上的会员归哪一级，由它决定",
                "会员等级的名字",
            ],
            "ecommerce-members/rules.toml",
            ["ecommerce-members/customers.csv"]
        ),
        en: edition!(
            "Members of a shop: diamond, gold or regular by a year's spending and number of purchases.",
            [
                "the limits: spending of 100000 and 50000, 100 purchases",
                "`more than` is >, `at least` is >=: it decides where a member exactly on the line belongs",
                "the names of the levels",
            ],
            "ecommerce-members/en/rules.toml",
            ["ecommerce-members/en/customers.csv"]
        ),
    },
    Template {
        name: "hotel",
        as_of: None,
        notice: None,
        zh: edition!(
            "酒店客人：按入住次数和累计天数分贵宾、常客、普通客、新客。",
            [
                "入住 20 次、10 次，累计 30 天、15 天这几条界线",
                "两个条件都要用 and，一个就够用 or",
            ],
            "hotel-guests/rules.toml",
            ["hotel-guests/customers.csv"]
        ),
        en: edition!(
            "Hotel guests: VIP, frequent guest, guest or new guest by stays and nights.",
            [
                "the limits: 20 and 10 stays, 30 and 15 nights",
                "`and` where both are needed, `or` where one is enough",
            ],
            "hotel-guests/en/rules.toml",
            ["hotel-guests/en/customers.csv"]
        ),
    },
    Template {
        name: "monthly",
        as_of: Some("2024-09-30"),
        notice: None,
        zh: edition!(
            "按每个月的消费额升降级：连续三个月超过 500 升到高级，连续六个月不到 100 降到低级。",
            [
                "[[movement]] 里升降的条件：500、100，连续三个月、六个月",
                "第一次定级的界线：[[grades]] 里的 500、100，只用于还没有等级的客户",
                "客户表里现在的等级和它的日期；没有就空着",
                "--as-of 写到哪天，就判到那天以前的最后一个月末",
            ],
            "monthly-consumption/rules.toml",
            [
                "monthly-consumption/customers.csv",
                "monthly-consumption/orders.csv"
            ]
        ),
        en: edition!(
            "Up and down by each month's spending: three months above 500 in a row promote, six below 100 demote.",
            [
                "the conditions of the moves in [[movement]]: 500 and 100, three months and six",
                "the limits of the first grade: 500 and 100 in [[grades]], for customers who have none yet",
                "the grades that customers have now, and since when; blank if they have none",
                "--as-of: months that have ended by then are decided",
            ],
            "monthly-consumption/en/rules.toml",
            [
                "monthly-consumption/en/customers.csv",
                "monthly-consumption/en/orders.csv"
            ]
        ),
    },
    Template {
        name: "abc",
        as_of: None,
        notice: None,
        zh: edition!(
            "ABC 分类：按采购额排名，前 10% 是 A，接下来的 30% 是 B，其余是 C。",
            [
                "A、B 的比例：top 从最好的一头量起，B 的 40% 包括 A 的 10%",
                "按什么排：by 里的 年采购额",
                "并列的跨在线上怎么算：ties = \"up\" 一起进，\"down\" 一起不进",
            ],
            "abc-share/rules.toml",
            ["abc-share/customers.csv"]
        ),
        en: edition!(
            "ABC analysis: A is the best 10% by purchases, B the next 30%, C the rest.",
            [
                "the shares of A and B: `top` is measured from the top, so B's 40% include A's 10%",
                "what is compared: annual_purchases in `by`",
                "equal values on the line: ties = \"up\" takes all of them in, \"down\" none",
            ],
            "abc-share/en/rules.toml",
            ["abc-share/en/customers.csv"]
        ),
    },
    Template {
        name: "rfm",
        as_of: Some("2006-12-31"),
        notice: Some(include_str!("../../../examples/rfm-orders/README.md")),
        zh: edition!(
            "RFM：只要订单，按最近一次购买、次数、金额各打 1 到 5 分，分成十一个客户群。",
            [
                "R、F、M 各档的界线：天数、次数、金额，照自己的生意改",
                "客户群的条件和名字；第一个成立的算数",
                "有订单号的，在 [sheets.orders] 写 id = \"订单编号\"，重复的行就只算一次",
            ],
            "rfm-orders/zh/rules.toml",
            ["rfm-orders/orders.csv"]
        ),
        en: edition!(
            "RFM from orders alone: recency, frequency and amount score 1 to 5 each and make eleven segments.",
            [
                "the limits of R, F and M: days, orders and amounts of your business",
                "the conditions and names of the segments; the first that holds counts",
                "with an order number, name it as `id` in [sheets.orders]: a row that comes twice counts once",
            ],
            "rfm-orders/rules.toml",
            ["rfm-orders/orders.csv"]
        ),
    },
    Template {
        name: "lifecycle",
        as_of: Some("2024-12-31"),
        notice: None,
        zh: edition!(
            "生命周期与规模：只分类，不评级；现有、流失、意向、潜在，小型、中型、大型。",
            [
                "多少天没买算流失：days(最近购买日期) <= 365",
                "规模的界线：50 人、500 人",
            ],
            "lifecycle/rules.toml",
            ["lifecycle/customers.csv"]
        ),
        en: edition!(
            "Lifecycle and size, classes without grades: customer, lost, interested, possible; small, medium, large.",
            [
                "after how many days without a purchase a customer is lost: days(last_purchase) <= 365",
                "the limits of sizes: 50 and 500 employees",
            ],
            "lifecycle/en/rules.toml",
            ["lifecycle/en/customers.csv"]
        ),
    },
    Template {
        name: "service",
        as_of: Some("2024-06-30"),
        notice: None,
        zh: edition!(
            "服务体验：采购额、满意度和投诉率定 A、B、C，各级有响应时间；报告有 CSAT、NPS 和及时率。",
            [
                "两个维度的权重和各档的界线：年采购额（万元）、满意度、投诉率",
                "工单类型 choices，和哪一种是投诉",
                "各级的服务、响应时间 respond_within 和目标",
                "看报告：regrade report，后面和 grade 一样写",
            ],
            "service/rules.toml",
            [
                "service/客户.csv",
                "service/工单.csv",
                "service/满意度答卷.csv"
            ]
        ),
        en: edition!(
            "Service: purchases, satisfaction and complaints give A, B or C, each with a time to answer in; CSAT and NPS.",
            [
                "the weights of the two dimensions and the limits of their bands",
                "the kinds of tickets in `choices`, and which of them is a complaint",
                "service, respond_within and goal of each grade",
                "for the report: `regrade report`, then the same as for `grade`",
            ],
            "service/en/rules.toml",
            [
                "service/en/customers.csv",
                "service/en/tickets.csv",
                "service/en/surveys.csv"
            ]
        ),
    },
];
