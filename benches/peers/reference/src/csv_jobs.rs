//! J1, J2 and J4 written by hand: the rules are in the code, nothing is checked, files are mapped into memory.
use memchr::{memchr, memchr_iter};
use memmap2::Mmap;
use rayon::prelude::*;
use std::fs::File;
use std::io::{BufWriter, Write};

pub fn risk(ind: &[u8]) -> u32 {
    match std::str::from_utf8(ind).unwrap_or("") {
        "制造业" | "能源化工" => 80,
        "信息技术" | "医疗健康" => 100,
        "批发零售" | "教育培训" => 60,
        "金融服务" | "物流运输" => 70,
        "房地产" | "建筑工程" => 20,
        "餐饮住宿" | "农林牧渔" => 40,
        _ => 0,
    }
}
/// A decimal number as an integer of `dp` digits after the point.
pub fn dec(b: &[u8], dp: usize) -> i64 {
    let (neg, b) = if b.first() == Some(&b'-') {
        (true, &b[1..])
    } else {
        (false, b)
    };
    let mut v = 0i64;
    let mut seen = usize::MAX;
    let mut f = 0;
    for (i, &c) in b.iter().enumerate() {
        if c == b'.' {
            seen = i;
            continue;
        }
        if seen != usize::MAX {
            f += 1;
            if f > dp {
                break;
            }
        }
        v = v * 10 + (c - b'0') as i64;
    }
    if seen == usize::MAX {
        f = 0;
    }
    for _ in f..dp {
        v *= 10;
    }
    if neg { -v } else { v }
}
pub struct G {
    pub v: u32,
    pub s: u32,
    pub score10: u32,
    pub grade: u8,
    pub ty: &'static str,
}
/// The rules of J1: start as the number yyyymmdd, growth in ten-thousandths.
pub fn grade(risk: u32, start: u32, cents: i64, compl: i64, growth: i64) -> G {
    let v = if cents >= 10000 {
        100
    } else if cents >= 5000 {
        60
    } else {
        20
    };
    let (ge2, ge1) = (start <= 20231231, start <= 20241231);
    let s = if ge2 && compl == 0 {
        100
    } else if (ge1 && !ge2) || compl == 1 {
        60
    } else {
        20
    };
    let score10 = 6 * v + 3 * s + risk;
    let grade = if score10 >= 800 {
        b'A'
    } else if score10 >= 500 {
        b'B'
    } else {
        b'C'
    };
    let ty = if v == 100 && s == 100 {
        "战略型"
    } else if v == 60 && growth >= 2000 {
        "潜力型"
    } else if v == 20 && s == 20 {
        "优化型"
    } else {
        "普通型"
    };
    G {
        v,
        s,
        score10,
        grade,
        ty,
    }
}
fn ymd(b: &[u8]) -> u32 {
    // YYYY-MM-DD
    let d = |i: usize| (b[i] - b'0') as u32;
    ((d(0) * 1000 + d(1) * 100 + d(2) * 10 + d(3)) * 100 + d(5) * 10 + d(6)) * 100
        + d(8) * 10
        + d(9)
}
const EXTRA: &str = ",价值分,稳定分,综合得分,等级,客户类型,标签\n";

/// J1 as a short program has it: the csv crate, one thread.
pub fn j1_csv_crate(src: &str, dst: &str) {
    let mut r = csv::ReaderBuilder::new().from_reader(File::open(src).unwrap());
    let mut w = csv::WriterBuilder::new()
        .buffer_capacity(1 << 20)
        .from_writer(File::create(dst).unwrap());
    let mut h = r.byte_headers().unwrap().clone();
    for x in EXTRA.trim().split(',').skip(1) {
        h.push_field(x.as_bytes());
    }
    w.write_byte_record(&h).unwrap();
    let mut rec = csv::ByteRecord::new();
    while r.read_byte_record(&mut rec).unwrap() {
        let g = grade(
            risk(&rec[2]),
            ymd(&rec[7]),
            dec(&rec[8], 2),
            dec(&rec[10], 0),
            dec(&rec[12], 4),
        );
        let tag = [&rec[4], b"|", g.ty.as_bytes()].concat();
        rec.push_field(g.v.to_string().as_bytes());
        rec.push_field(g.s.to_string().as_bytes());
        rec.push_field(format!("{}.{}", g.score10 / 10, g.score10 % 10).as_bytes());
        rec.push_field(&[g.grade]);
        rec.push_field(g.ty.as_bytes());
        rec.push_field(&tag);
        w.write_byte_record(&rec).unwrap();
    }
    w.flush().unwrap();
}
/// Where to cut the text into chunks: at ends of records, quotes minded.
fn chunks(d: &[u8], target: usize) -> Vec<(usize, usize)> {
    let k = (d.len() / target).max(1);
    let cut: Vec<usize> = (0..=k).map(|i| d.len() * i / k).collect();
    let par: Vec<bool> = (0..k)
        .into_par_iter()
        .map(|i| memchr_iter(b'"', &d[cut[i]..cut[i + 1]]).count() % 2 == 1)
        .collect();
    let mut out = Vec::new();
    let mut q = false;
    let mut start = 0;
    for i in 0..k {
        q ^= par[i];
        let mut p = cut[i + 1];
        if i + 1 < k {
            let mut inq = q;
            while p < d.len() {
                match d[p] {
                    b'"' => inq = !inq,
                    b'\n' if !inq => {
                        p += 1;
                        break;
                    }
                    _ => {}
                }
                p += 1;
            }
        }
        if p > start {
            out.push((start, p));
            start = p;
        }
    }
    out
}
/// The raw fields of one record; gives its length with the newline.
#[inline]
fn split<'a>(d: &'a [u8], f: &mut Vec<&'a [u8]>) -> usize {
    f.clear();
    let end = memchr(b'\n', d).unwrap_or(d.len());
    if memchr(b'"', &d[..end]).is_none() {
        let mut st = 0;
        for c in memchr_iter(b',', &d[..end]) {
            f.push(&d[st..c]);
            st = c + 1;
        }
        f.push(&d[st..end]);
        return (end + 1).min(d.len());
    }
    let (mut st, mut i, mut q) = (0, 0, false);
    while i < d.len() {
        match d[i] {
            b'"' => q = !q,
            b',' if !q => {
                f.push(&d[st..i]);
                st = i + 1;
            }
            b'\n' if !q => break,
            _ => {}
        }
        i += 1;
    }
    f.push(&d[st..i]);
    (i + 1).min(d.len())
}
fn put(o: &mut Vec<u8>, line: &[u8], reg: &[u8], g: &G, grade: u8) {
    o.extend_from_slice(line);
    let _ = write!(
        o,
        ",{},{},{}.{},{},{},{}|{}\n",
        g.v,
        g.s,
        g.score10 / 10,
        g.score10 % 10,
        grade as char,
        g.ty,
        unsafe { std::str::from_utf8_unchecked(reg) },
        g.ty
    );
}
/// J1, or with `pct` J1p, on all cores.
pub fn j1(src: &str, dst: &str, pct: bool) {
    let f = File::open(src).unwrap();
    let m = unsafe { Mmap::map(&f).unwrap() };
    let hl = memchr(b'\n', &m).unwrap();
    let body = &m[hl + 1..];
    let mut w = File::create(dst).unwrap();
    w.write_all(&m[..hl]).unwrap();
    w.write_all(EXTRA.as_bytes()).unwrap();
    let ch = chunks(body, 4 << 20);
    let one = |fl: &Vec<&[u8]>| {
        grade(
            risk(fl[2]),
            ymd(fl[7]),
            dec(fl[8], 2),
            dec(fl[10], 0),
            dec(fl[12], 4),
        )
    };
    let mut ranks: Vec<u8> = Vec::new();
    let mut offs = vec![0usize; ch.len() + 1];
    if pct {
        let keys: Vec<Vec<u64>> = ch
            .par_iter()
            .map(|&(a, b)| {
                let mut v = Vec::new();
                let mut fl = Vec::new();
                let mut p = a;
                while p < b {
                    p += split(&body[p..b], &mut fl);
                    let g = one(&fl);
                    let key = ((g.score10 as u64) << 40) | dec(fl[8], 2) as u64;
                    v.push(!key);
                }
                v
            })
            .collect();
        for i in 0..ch.len() {
            offs[i + 1] = offs[i] + keys[i].len();
        }
        let n = offs[ch.len()];
        let mut all: Vec<(u64, u32)> = keys.concat().into_iter().zip(0u32..).collect();
        all.par_sort_unstable();
        ranks = vec![b'C'; n];
        let mut better = 0; // customers strictly better: equal keys share it
        for (r, x) in all.iter().enumerate() {
            if r > 0 && x.0 != all[r - 1].0 {
                better = r;
            }
            if better * 100 >= 40 * n {
                break;
            }
            ranks[x.1 as usize] = if better * 100 < 10 * n { b'A' } else { b'B' };
        }
    }
    // batches of chunks so that memory stays bounded and output is written in order
    for base in (0..ch.len()).step_by(8) {
        let outs: Vec<Vec<u8>> = (base..(base + 8).min(ch.len()))
            .into_par_iter()
            .map(|ci| {
                let (a, b) = ch[ci];
                let mut o = Vec::with_capacity((b - a) * 2);
                let mut fl = Vec::new();
                let mut p = a;
                let mut i = offs[ci];
                while p < b {
                    let n = split(&body[p..b], &mut fl);
                    let mut line = &body[p..p + n];
                    if line.last() == Some(&b'\n') {
                        line = &line[..line.len() - 1];
                    }
                    let g = one(&fl);
                    put(
                        &mut o,
                        line,
                        fl[4],
                        &g,
                        if pct { ranks[i] } else { g.grade },
                    );
                    i += 1;
                    p += n;
                }
                o
            })
            .collect();
        for o in outs {
            w.write_all(&o).unwrap();
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Key([u8; 16]);
impl std::hash::Hash for Key {
    fn hash<H: std::hash::Hasher>(&self, h: &mut H) {
        h.write_u128(u128::from_ne_bytes(self.0));
    }
}
#[derive(Default, Clone, Copy)]
struct Fx(u64);
impl std::hash::Hasher for Fx {
    fn write(&mut self, _: &[u8]) {
        unreachable!()
    }
    fn write_u128(&mut self, x: u128) {
        let k = 0x9E3779B97F4A7C15u64;
        let a = (x as u64).wrapping_mul(k);
        let b = ((x >> 64) as u64 ^ (a >> 32) ^ a).wrapping_mul(k);
        self.0 = b ^ (b >> 29);
    }
    fn finish(&self) -> u64 {
        self.0
    }
}
type Map<V> = std::collections::HashMap<Key, V, std::hash::BuildHasherDefault<Fx>>;
fn key(b: &[u8]) -> Key {
    let mut k = [0u8; 16];
    let n = b.len().min(16);
    k[..n].copy_from_slice(&b[..n]);
    Key(k)
}
fn keystr(k: &Key) -> &str {
    let n = k.0.iter().position(|&c| c == 0).unwrap_or(16);
    std::str::from_utf8(&k.0[..n]).unwrap()
}

#[derive(Clone, Copy, Default)]
struct Agg {
    last: u32,
    n: u32,
    mon: [i64; 12],
}
/// Days since 1970.
pub fn days(y: i64, m: i64, d: i64) -> i64 {
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let yoe = y - era * 400;
    let doy = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + d - 1;
    era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468
}
/// Fifths by rank, less is better: 5 - floor(better * 5 / n) by record number. Equal keys share one.
fn fifths(mut k: Vec<(i64, u32)>) -> Vec<u8> {
    k.par_sort_unstable();
    let n = k.len();
    let mut q = vec![0u8; n];
    let mut better = 0;
    for (r, x) in k.iter().enumerate() {
        if r > 0 && x.0 != k[r - 1].0 {
            better = r;
        }
        q[x.1 as usize] = 5 - (better * 5 / n) as u8;
    }
    q
}
/// J2: chunks are parsed into compact rows by hash of the customer, then each partition is added up in cache.
pub fn j2(src: &str, dst: &str) {
    const P: usize = 64;
    let f = File::open(src).unwrap();
    let m = unsafe { Mmap::map(&f).unwrap() };
    let hl = memchr(b'\n', &m).unwrap();
    let body = &m[hl + 1..];
    let ch = chunks(body, 4 << 20);
    // row: offset of the id in the file (u64 << 8 | len), hash, month day packed, cents
    #[derive(Clone, Copy)]
    struct Row {
        off: u64,
        h: u32,
        d: u32,
        c: i64,
    }
    let hash = |b: &[u8]| {
        let mut h = Fx::default();
        std::hash::Hasher::write_u128(&mut h, u128::from_ne_bytes(key(b).0));
        std::hash::Hasher::finish(&h)
    };
    let rows: Vec<Vec<Vec<Row>>> = ch
        .par_iter()
        .map(|&(a, b)| {
            let mut v: Vec<Vec<Row>> = (0..P)
                .map(|_| Vec::with_capacity((b - a) / 34 / P * 5 / 4))
                .collect();
            let mut p = a;
            let mut fl = Vec::new();
            while p < b {
                let at = p;
                p += split(&body[p..b], &mut fl);
                let d = ymd(fl[1]);
                if !(20241231 < d && d <= 20251231) {
                    continue;
                }
                let h = hash(fl[0]);
                v[(h >> 58) as usize].push(Row {
                    off: (at as u64) << 8 | fl[0].len() as u64,
                    h: h as u32,
                    d,
                    c: dec(fl[2], 2),
                });
            }
            v
        })
        .collect();
    struct C {
        off: u64,
        last: u32,
        n: u32,
        m: i64,
        p: bool,
        q: [u8; 3],
    }
    let mut v: Vec<C> = (0..P)
        .into_par_iter()
        .flat_map_iter(|pi| {
            let n: usize = rows.iter().map(|r| r[pi].len()).sum();
            let cap = (n / 4).next_power_of_two().max(16);
            let mut tab = vec![u32::MAX; cap];
            let mut mask = cap - 1;
            let mut ag: Vec<(u64, u32, Agg)> = Vec::new();
            for r in rows.iter().flat_map(|r| r[pi].iter()) {
                let id = &body[(r.off >> 8) as usize..][..(r.off & 255) as usize];
                let mut s = r.h as usize & mask;
                let ix = loop {
                    let t = tab[s];
                    if t == u32::MAX {
                        tab[s] = ag.len() as u32;
                        ag.push((r.off, r.h, Agg::default()));
                        break ag.len() - 1;
                    }
                    let o = &ag[t as usize];
                    if o.1 == r.h && &body[(o.0 >> 8) as usize..][..(o.0 & 255) as usize] == id {
                        break t as usize;
                    }
                    s = (s + 1) & mask;
                };
                let e = &mut ag[ix].2;
                e.last = e.last.max(r.d);
                e.n += 1;
                e.mon[(r.d / 100 % 100 - 1) as usize] += r.c;
                if ag.len() * 2 > mask {
                    let c2 = (mask + 1) * 2;
                    mask = c2 - 1;
                    tab = vec![u32::MAX; c2];
                    for (i, o) in ag.iter().enumerate() {
                        let mut s = o.1 as usize & mask;
                        while tab[s] != u32::MAX {
                            s = (s + 1) & mask;
                        }
                        tab[s] = i as u32;
                    }
                }
            }
            ag.into_iter()
                .map(|(off, _, a)| {
                    let mut run = 0;
                    let mut p = false;
                    for x in a.mon {
                        if x > 50000 {
                            run += 1;
                            p |= run >= 3;
                        } else {
                            run = 0;
                        }
                    }
                    C {
                        off,
                        last: a.last,
                        n: a.n,
                        m: a.mon.iter().sum(),
                        p,
                        q: [0; 3],
                    }
                })
                .collect::<Vec<_>>()
        })
        .collect();
    drop(rows);
    let id = |o: u64| &body[(o >> 8) as usize..][..(o & 255) as usize];
    // order by id: sort compact keys, not the records
    let mut o: Vec<([u8; 16], u32)> = v
        .iter()
        .enumerate()
        .map(|(i, c)| (key(id(c.off)).0, i as u32))
        .collect();
    o.par_sort_unstable();
    let n = v.len();
    let asof = days(2025, 12, 31);
    let rd = |l: u32| asof - days((l / 10000) as i64, (l / 100 % 100) as i64, (l % 100) as i64);
    let qs: Vec<Vec<u8>> = (0..3)
        .into_par_iter()
        .map(|j| {
            fifths(
                v.iter()
                    .enumerate()
                    .map(|(i, c)| {
                        (
                            match j {
                                0 => rd(c.last),
                                1 => -(c.n as i64),
                                _ => -c.m,
                            },
                            i as u32,
                        )
                    })
                    .collect(),
            )
        })
        .collect();
    for i in 0..n {
        v[i].q = [qs[0][i], qs[1][i], qs[2][i]];
    }
    let mut w = File::create(dst).unwrap();
    writeln!(w, "客户编号,最近购买,R天数,F,M,R分,F分,M分,细分,等级,晋升").unwrap();
    let parts: Vec<Vec<u8>> = o
        .par_chunks(16384)
        .map(|x| {
            let mut b = Vec::with_capacity(x.len() * 72);
            for (_, i) in x {
                let c = &v[*i as usize];
                let (r, f, m) = (c.q[0] >= 4, c.q[1] >= 4, c.q[2] >= 4);
                let t = c.q[0] + c.q[1] + c.q[2];
                let gi = (if t >= 12 {
                    2
                } else if t >= 8 {
                    1
                } else {
                    0
                }) + c.p as u8;
                b.extend_from_slice(id(c.off));
                let _ = writeln!(
                    b,
                    ",{:04}-{:02}-{:02},{},{},{}.{:02},{},{},{},{}{},{},{}",
                    c.last / 10000,
                    c.last / 100 % 100,
                    c.last % 100,
                    rd(c.last),
                    c.n,
                    c.m / 100,
                    c.m % 100,
                    c.q[0],
                    c.q[1],
                    c.q[2],
                    if m { "重要" } else { "一般" },
                    if r && f {
                        "价值"
                    } else if r {
                        "发展"
                    } else if f {
                        "保持"
                    } else {
                        "挽留"
                    },
                    if gi >= 2 {
                        'A'
                    } else if gi == 1 {
                        'B'
                    } else {
                        'C'
                    },
                    if c.p { "是" } else { "否" }
                );
            }
            b
        })
        .collect();
    for p in parts {
        w.write_all(&p).unwrap();
    }
}
/// J4: a map of the old file, past which the new one goes.
pub fn j4(old: &str, new: &str, dst: &str) {
    let fo = File::open(old).unwrap();
    let mo = unsafe { Mmap::map(&fo).unwrap() };
    let fn_ = File::open(new).unwrap();
    let mn = unsafe { Mmap::map(&fn_).unwrap() };
    let load = |m: &'static [u8]| -> Vec<Vec<(Key, &'static [u8], u8)>> {
        let hl = memchr(b'\n', m).unwrap();
        let body = &m[hl + 1..];
        chunks(body, 4 << 20)
            .par_iter()
            .map(|&(a, b)| {
                let mut v = Vec::new();
                let mut fl = Vec::new();
                let mut p = a;
                while p < b {
                    p += split(&body[p..b], &mut fl);
                    v.push((key(fl[0]), fl[1], fl[17][0]));
                }
                v
            })
            .collect()
    };
    let st =
        |m: &[u8]| -> &'static [u8] { unsafe { std::slice::from_raw_parts(m.as_ptr(), m.len()) } };
    let (a, b) = rayon::join(|| load(st(&mo)), || load(st(&mn)));
    let mut mp: Map<(&[u8], u8)> =
        Map::with_capacity_and_hasher(a.iter().map(|x| x.len()).sum(), Default::default());
    for (k, n, g) in a.into_iter().flatten() {
        mp.insert(k, (n, g));
    }
    let mut out: Vec<(Key, &[u8], u8, u8)> = Vec::new();
    for (k, n, g) in b.into_iter().flatten() {
        match mp.remove(&k) {
            Some((_, og)) => {
                if og != g {
                    out.push((k, n, og, g))
                }
            }
            None => out.push((k, n, 0, g)),
        }
    }
    for (k, (n, g)) in mp {
        out.push((k, n, g, 0));
    }
    out.par_sort_unstable_by(|x, y| x.0.0.cmp(&y.0.0));
    let mut w = BufWriter::with_capacity(1 << 20, File::create(dst).unwrap());
    writeln!(w, "客户编号,客户名称,旧等级,新等级,变动").unwrap();
    let c = |g: u8| {
        if g == 0 {
            String::new()
        } else {
            (g as char).to_string()
        }
    };
    for (k, n, o, g) in out {
        writeln!(
            w,
            "{},{},{},{},{}",
            keystr(&k),
            std::str::from_utf8(n).unwrap(),
            c(o),
            c(g),
            if o == 0 {
                "新增"
            } else if g == 0 {
                "流失"
            } else if g < o {
                "升级"
            } else {
                "降级"
            }
        )
        .unwrap();
    }
    w.flush().unwrap();
}
