//! The data of the jobs: as good as random, and always the same bytes.
use std::fs::File;
use std::io::{BufWriter, Write};

struct Rng(u64);
impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E3779B97F4A7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D049BB133111EB);
        z ^ (z >> 31)
    }
    fn below(&mut self, n: u64) -> u64 {
        ((self.next() as u128 * n as u128) >> 64) as u64
    }
    fn pick<'a>(&mut self, v: &[&'a str]) -> &'a str {
        v[self.below(v.len() as u64) as usize]
    }
}
fn civil(z: i64) -> (i64, i64, i64) {
    let z = z + 719468;
    let era = z.div_euclid(146097);
    let doe = z.rem_euclid(146097);
    let yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    let y = yoe + era * 400;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let d = doy - (153 * mp + 2) / 5 + 1;
    let m = if mp < 10 { mp + 3 } else { mp - 9 };
    (if m <= 2 { y + 1 } else { y }, m, d)
}
const IND: [&str; 12] = [
    "制造业",
    "批发零售",
    "信息技术",
    "金融服务",
    "房地产",
    "医疗健康",
    "教育培训",
    "物流运输",
    "餐饮住宿",
    "能源化工",
    "建筑工程",
    "农林牧渔",
];
const SIZE: [&str; 4] = ["大型", "中型", "小型", "微型"];
const REGION: [&str; 7] = ["华东", "华南", "华北", "华中", "西南", "西北", "东北"];
const CITY: [&str; 16] = [
    "北京", "上海", "广州", "深圳", "杭州", "南京", "成都", "武汉", "西安", "重庆", "苏州", "天津",
    "青岛", "长沙", "郑州", "沈阳",
];
const W1: [&str; 20] = [
    "恒", "鑫", "瑞", "华", "盛", "泰", "宏", "嘉", "博", "远", "天", "金", "永", "信", "中", "联",
    "德", "汇", "优", "锦",
];
const W2: [&str; 20] = [
    "通", "达", "源", "丰", "业", "创", "景", "诚", "邦", "润", "鹏", "成", "晟", "禾", "川", "阳",
    "凯", "顺", "和", "泽",
];
const SUF: [&str; 8] = [
    "科技有限公司",
    "贸易有限公司",
    "实业集团",
    "电子商务有限公司",
    "机械制造厂",
    "供应链管理有限公司",
    "信息服务有限公司",
    "食品股份有限公司",
];
const XING: [&str; 16] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "徐", "孙", "马", "朱", "胡", "林",
];
const MING: [&str; 16] = [
    "伟", "芳", "娜", "敏", "静", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "明", "超", "霞",
];
const NOTE: [&str; 8] = [
    "",
    "",
    "",
    "重点客户,需每月回访",
    "合同续签中",
    "客户反馈\"物流偏慢\",已处理",
    "付款及时",
    "要求开具专票, 账期 60 天",
];

fn permutation(n: usize, seed: u64) -> Vec<u32> {
    let mut p: Vec<u32> = (1..=n as u32).collect();
    let mut r = Rng(seed);
    for i in (1..n).rev() {
        p.swap(i, r.below(i as u64 + 1) as usize);
    }
    p
}
/// Customers of 14 columns in a period. From one to the next 5 % change their band of amount, 0.1 % leave, 0.1 % are new,
/// and the rows are in another order.
pub fn customers(period: u32, n: usize, out: &str) -> std::io::Result<()> {
    let mut w = BufWriter::with_capacity(1 << 20, File::create(out)?);
    writeln!(
        w,
        "客户编号,客户名称,所属行业,企业规模,区域,联系人,手机,合作起始时间,年采购额,月均下单次数,投诉次数,满意度,增长率,备注"
    )?;
    let d0 = 16436i64; // 2015-01-01
    let span = 20452 - d0; // .. 2025-12-30
    let seed = if period == 0 {
        42
    } else {
        76 + u64::from(period)
    };
    let mut ids = permutation(n, seed);
    for id in ids.iter_mut().filter(|id| **id % 1000 == 0) {
        *id += period * n as u32;
    }
    for id in ids {
        let mut r = Rng(0xC0FFEE ^ (id as u64).wrapping_mul(0x9E3779B97F4A7C15));
        let name = format!(
            "{}{}{}{}",
            r.pick(&CITY),
            r.pick(&W1),
            r.pick(&W2),
            r.pick(&SUF)
        );
        let ind = r.pick(&IND);
        let size = r.pick(&SIZE);
        let reg = r.pick(&REGION);
        let contact = format!("{}{}", r.pick(&XING), r.pick(&MING));
        let phone = 13000000000u64 + r.below(6_999_999_999);
        let (y, m, d) = civil(d0 + r.below(span as u64) as i64);
        let mut band = match r.below(10) {
            0..=3 => 0,
            4..=6 => 1,
            _ => 2,
        };
        let changed = r.below(20) == 0;
        if changed {
            band = (band + period) % 3;
        }
        let cents = match band {
            0 => r.below(5000),
            1 => 5000 + r.below(5000),
            _ => 10000 + r.below(90000),
        };
        let orders = r.below(60);
        let compl = match r.below(20) {
            0..=10 => 0,
            11..=15 => 1,
            16..=17 => 2,
            18 => 3,
            _ => 5,
        };
        let sat = 10 + r.below(41);
        let g = r.below(15001) as i64 - 5000;
        let note = r.pick(&NOTE);
        let gs = if g < 0 { "-" } else { "" };
        let ga = g.abs();
        write!(
            w,
            "C{id:08},{name},{ind},{size},{reg},{contact},{phone},{y:04}-{m:02}-{d:02},{}.{:02},{orders},{compl},{}.{},{gs}{}.{:04},",
            cents / 100,
            cents % 100,
            sat / 10,
            sat % 10,
            ga / 10000,
            ga % 10000
        )?;
        if note.contains(',') || note.contains('"') {
            writeln!(w, "\"{}\"", note.replace('"', "\"\""))?;
        } else {
            writeln!(w, "{note}")?;
        }
    }
    w.flush()
}
/// Orders of 2024 and 2025 in the order of their dates, of a twentieth as many customers, of whom few buy much.
pub fn orders(t: usize, out: &str) -> std::io::Result<()> {
    let nc = (t / 20).max(1) as u64;
    let mut w = BufWriter::with_capacity(1 << 20, File::create(out)?);
    writeln!(w, "客户编号,日期,金额,产品")?;
    let mut r = Rng(2025);
    let d0 = 19723i64; // 2024-01-01; 731 days to 2025-12-31
    for i in 0..t {
        let (y, m, d) = civil(d0 + (i as u128 * 731 / t as u128) as i64);
        let u = r.below(1 << 24) as f64 / (1u64 << 24) as f64;
        let id = ((u * u) * nc as f64) as u64 + 1; // skewed
        let cents = 100 + r.below(20000) + if r.below(10) == 0 { r.below(200000) } else { 0 };
        let p = 1 + r.below(200);
        writeln!(
            w,
            "C{id:08},{y:04}-{m:02}-{d:02},{}.{:02},P{p:04}",
            cents / 100,
            cents % 100
        )?;
    }
    w.flush()
}
