//! The workbook of J3, and J3 written by hand: a scanner for the layout of one writer, a writer of its own, deflate in parallel parts. An estimate
//! of the limit and no product: `r` comes first, strings are plain, there are no formulas and no inline strings.
use crate::csv_jobs;
use memchr::memmem;
use memmap2::Mmap;
use rayon::prelude::*;
use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

/// The compressed bytes of a part, and its size.
fn entry<'a>(m: &'a [u8], name: &str) -> (&'a [u8], usize) {
    let mut z = zip::ZipArchive::new(std::io::Cursor::new(m)).unwrap();
    let e = z.by_name(name).unwrap();
    let (o, c, u) = (
        e.data_start().unwrap() as usize,
        e.compressed_size() as usize,
        e.size() as usize,
    );
    (&m[o..o + c], u)
}
fn inflate(m: &[u8], name: &str) -> Vec<u8> {
    let (compressed, size) = entry(m, name);
    let mut out = Vec::with_capacity(size);
    flate2::read::DeflateDecoder::new(compressed)
        .read_to_end(&mut out)
        .unwrap();
    out
}
const SHEET: &str = "xl/worksheets/sheet1.xml";
const SST: &str = "xl/sharedStrings.xml";

fn num(b: &[u8]) -> u32 {
    b.iter().fold(0, |a, c| a * 10 + (c - b'0') as u32)
}
/// Where the text of each shared string begins and ends.
fn sst(x: &[u8]) -> Vec<(u32, u32)> {
    let mut v = Vec::new();
    let f = memmem::Finder::new(b"<t");
    let mut p = memmem::find(x, b"<si>").unwrap_or(x.len());
    while let Some(i) = f.find(&x[p..]) {
        let s = p + i + memchr::memchr(b'>', &x[p + i..]).unwrap() + 1;
        let e = s + memchr::memchr(b'<', &x[s..]).unwrap();
        v.push((s as u32, e as u32));
        p = e;
    }
    v
}
#[derive(Clone, Copy, Default)]
pub struct Cell<'a> {
    v: &'a [u8],
    s: bool,
}
/// Calls `f` with the 14 cells of each row.
#[inline]
fn rows<'a>(x: &'a [u8], mut f: impl FnMut(&[Cell<'a>; 14])) {
    let mut p = 0;
    let n = x.len();
    loop {
        // at "<row"
        let Some(i) = memchr::memchr(b'>', &x[p..n]) else {
            return;
        };
        if i == 0 {
            return;
        }
        let empty = x[p + i - 1] == b'/';
        p += i + 1;
        let mut c = [Cell::default(); 14];
        if !empty {
            while x[p + 1] == b'c' {
                // <c r="AB12" s="1" t="s"><v>..</v></c>
                let e = p + memchr::memchr(b'>', &x[p..]).unwrap();
                let at = &x[p + 2..e];
                let mut col = 0usize;
                let mut k = 4; // after ' r="'
                while k < at.len() && at[k].is_ascii_uppercase() {
                    col = col * 26 + (at[k] - b'A' + 1) as usize;
                    k += 1;
                }
                while at[k] != b'"' {
                    k += 1;
                }
                let shared = memmem::find(&at[k..], b"t=\"s\"").is_some();
                if x[e - 1] == b'/' {
                    p = e + 1;
                    continue;
                }
                let vs = e + 4;
                let ve = vs + memchr::memchr(b'<', &x[vs..]).unwrap();
                if col <= 14 {
                    c[col - 1] = Cell {
                        v: &x[vs..ve],
                        s: shared,
                    };
                }
                p = ve + 8; // </v></c>
            }
            p += 6; // </row>
        }
        f(&c);
        if p >= n {
            return;
        }
    }
}
pub fn serial_to_ymd(s: u32) -> u32 {
    let z = s as i64 - 25569 + 719468;
    let era = z.div_euclid(146097);
    let doe = z.rem_euclid(146097);
    let yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let d = doy - (153 * mp + 2) / 5 + 1;
    let m = if mp < 10 { mp + 3 } else { mp - 9 };
    ((yoe + era * 400 + (m <= 2) as i64) * 10000 + m * 100 + d) as u32
}
/// A part of a raw deflate stream, ended so that others can follow, and its checksum.
fn part(x: &[u8], level: u32, last: bool) -> (Vec<u8>, u32) {
    let mut c = flate2::Compress::new(flate2::Compression::new(level), false);
    let mut o = Vec::with_capacity(x.len() / 4 + 4096);
    let flush = if last {
        flate2::FlushCompress::Finish
    } else {
        flate2::FlushCompress::Sync
    };
    loop {
        let at = c.total_in() as usize;
        let cap = o.capacity();
        c.compress_vec(&x[at..], &mut o, flush).unwrap();
        if o.len() < cap && c.total_in() as usize == x.len() {
            break;
        }
        o.reserve(x.len() / 8 + 4096);
    }
    (o, crc32fast::hash(x))
}

/// Level 1 of deflate: a quarter larger than level 6, and three times as fast.
const LEVEL: u32 = 1;
/// The level of spreadsheet programs.
const SAVED: u32 = 6;
const W: [u32; 20] = [
    12, 30, 12, 10, 8, 10, 14, 12, 12, 12, 10, 8, 10, 30, 8, 8, 10, 6, 10, 14,
];
const NAMES: [&str; 20] = [
    "客户编号",
    "客户名称",
    "所属行业",
    "企业规模",
    "区域",
    "联系人",
    "手机",
    "合作起始时间",
    "年采购额",
    "月均下单次数",
    "投诉次数",
    "满意度",
    "增长率",
    "备注",
    "价值分",
    "稳定分",
    "综合得分",
    "等级",
    "客户类型",
    "标签",
];
/// Which number format a column has, in the order of `styles`.
fn kind(i: usize) -> usize {
    match i {
        7 => 1,
        8 => 2,
        11 | 16 => 3,
        12 => 4,
        _ => 0,
    }
}

struct Zip {
    f: File,
    cd: Vec<u8>,
    pos: u64,
    n: u16,
}
impl Zip {
    /// A book of one sheet, to which the sheet and its strings are to be added.
    fn create(path: &str, name: &str, styles: &str) -> Self {
        let mut book = Self {
            f: File::create(path).unwrap(),
            cd: vec![],
            pos: 0,
            n: 0,
        };
        book.frame(name);
        book.add("xl/styles.xml", styles.as_bytes());
        book
    }
    fn frame(&mut self, name: &str) {
        self.add("[Content_Types].xml", b"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/><Override PartName=\"/xl/sharedStrings.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml\"/></Types>");
        self.add("_rels/.rels", b"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
        self.add("xl/workbook.xml", format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"{name}\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>").as_bytes());
        self.add("xl/_rels/workbook.xml.rels", b"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/><Relationship Id=\"rId3\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>");
    }
    fn w(&mut self, b: &[u8]) {
        self.f.write_all(b).unwrap();
        self.pos += b.len() as u64;
    }
    fn header(name: &str, crc: u32, c: u32, u: u32) -> Vec<u8> {
        let mut h = Vec::new();
        h.extend([20u8, 0, 0, 0, 8, 0, 0, 0, 0x21, 0]);
        h.extend(crc.to_le_bytes());
        h.extend(c.to_le_bytes());
        h.extend(u.to_le_bytes());
        h.extend((name.len() as u16).to_le_bytes());
        h.extend([0, 0]);
        h
    }
    fn begin(&mut self, name: &str) -> u64 {
        let at = self.pos;
        self.w(b"PK\x03\x04");
        self.w(&Self::header(name, 0, 0, 0));
        self.w(name.as_bytes());
        at
    }
    fn end(&mut self, at: u64, name: &str, crc: u32, u: u64) {
        let c = self.pos - at - 30 - name.len() as u64;
        let h = Self::header(name, crc, c as u32, u as u32);
        self.f.seek(SeekFrom::Start(at + 4)).unwrap();
        self.f.write_all(&h).unwrap();
        self.f.seek(SeekFrom::Start(self.pos)).unwrap();
        self.cd.extend(b"PK\x01\x02\x14\x00");
        self.cd.extend(&h);
        self.cd.extend([0u8; 2 + 2 + 2 + 4]);
        self.cd.extend((at as u32).to_le_bytes());
        self.cd.extend(name.as_bytes());
        self.n += 1;
    }
    fn add(&mut self, name: &str, x: &[u8]) {
        let at = self.begin(name);
        let (p, crc) = part(x, SAVED, true);
        self.w(&p);
        self.end(at, name, crc, x.len() as u64);
    }
    fn finish(mut self) {
        let at = self.pos;
        let cd = std::mem::take(&mut self.cd);
        self.w(&cd);
        let mut e = b"PK\x05\x06\0\0\0\0".to_vec();
        e.extend(self.n.to_le_bytes());
        e.extend(self.n.to_le_bytes());
        e.extend((cd.len() as u32).to_le_bytes());
        e.extend((at as u32).to_le_bytes());
        e.extend([0, 0]);
        self.w(&e);
    }
}
struct Ctx {
    risk: Vec<u8>,
    reg: Vec<u8>,
    base: u32,
    pre: Vec<Vec<u8>>,
}
const REG: [&str; 7] = ["华东", "华南", "华北", "华中", "西南", "西北", "东北"];
const TY: [&str; 4] = ["战略型", "潜力型", "优化型", "普通型"];

/// Rows of one chunk as XML of the output: the strings of the input keep their numbers, and numbers are copied as text.
fn emit(x: &[u8], first: bool, c: &Ctx, o: &mut Vec<u8>, row: &mut u32) {
    let mut skip = first;
    let mut ib = [0u8; 10];
    let itoa = |mut v: u32, ib: &mut [u8; 10]| -> usize {
        let mut i = 10;
        loop {
            i -= 1;
            ib[i] = b'0' + (v % 10) as u8;
            v /= 10;
            if v == 0 {
                return i;
            }
        }
    };
    rows(x, |k| {
        if std::mem::take(&mut skip) {
            return;
        }
        let ind = num(k[2].v) as usize;
        let rg = num(k[4].v) as usize;
        let start = serial_to_ymd(num(k[7].v));
        let g = csv_jobs::grade(
            c.risk[ind] as u32,
            start,
            csv_jobs::dec(k[8].v, 2),
            csv_jobs::dec(k[10].v, 0),
            csv_jobs::dec(k[12].v, 4),
        );
        *row += 1;
        let i = itoa(*row, &mut ib);
        let rn = ib[i..].to_vec();
        o.extend_from_slice(b"<row r=\"");
        o.extend_from_slice(&rn);
        o.extend_from_slice(b"\">");
        let pre = &c.pre[(g.grade - b'A') as usize * 20..];
        for j in 0..14 {
            o.extend_from_slice(b"<c r=\"");
            o.push(b'A' + j as u8);
            o.extend_from_slice(&rn);
            o.extend_from_slice(&pre[j]);
            if k[j].v.is_empty() {
                o.extend_from_slice(b"\"/>");
            } else {
                o.extend_from_slice(if k[j].s {
                    b"\" t=\"s\"><v>" as &[u8]
                } else {
                    b"\"><v>"
                });
                o.extend_from_slice(k[j].v);
                o.extend_from_slice(b"</v></c>");
            }
        }
        let ty = TY.iter().position(|t| *t == g.ty).unwrap() as u32;
        let ex = [
            g.v,
            g.s,
            g.score10,
            c.base + 20 + (g.grade - b'A') as u32,
            c.base + 23 + ty,
            c.base + 27 + c.reg[rg] as u32 * 4 + ty,
        ];
        for j in 14..20 {
            o.extend_from_slice(b"<c r=\"");
            o.push(b'A' + j as u8);
            o.extend_from_slice(&rn);
            o.extend_from_slice(&pre[j]);
            o.extend_from_slice(if j > 16 {
                b"\" t=\"s\"><v>" as &[u8]
            } else {
                b"\"><v>"
            });
            if j == 16 {
                let _ = write!(o, "{}.{}", g.score10 / 10, g.score10 % 10);
            } else {
                let i = itoa(ex[j - 14], &mut ib);
                o.extend_from_slice(&ib[i..]);
            }
            o.extend_from_slice(b"</v></c>");
        }
        o.extend_from_slice(b"</row>");
    });
}
fn head(o: &mut Vec<u8>, base: u32) {
    o.extend_from_slice("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews><sheetView tabSelected=\"1\" workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><cols>".as_bytes());
    for (i, w) in W.iter().enumerate() {
        let _ = write!(
            o,
            "<col min=\"{0}\" max=\"{0}\" width=\"{w}\" customWidth=\"1\"/>",
            i + 1
        );
    }
    o.extend_from_slice(b"</cols><sheetData><row r=\"1\">");
    for i in 0..20 {
        let _ = write!(
            o,
            "<c r=\"{}1\" s=\"1\" t=\"s\"><v>{}</v></c>",
            (b'A' + i as u8) as char,
            base + i
        );
    }
    o.extend_from_slice(b"</row>");
}
fn styles() -> String {
    let mut s = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><numFmts count=\"2\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/><numFmt numFmtId=\"165\" formatCode=\"0.0\"/></numFmts><fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts><fills count=\"6\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill>",
    );
    for c in ["D9E1F2", "C6EFCE", "FFEB9C", "F2F2F2"] {
        s += &format!(
            "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FF{c}\"/><bgColor indexed=\"64\"/></patternFill></fill>"
        );
    }
    s += "</fills><borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs><cellXfs count=\"17\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/><xf numFmtId=\"0\" fontId=\"1\" fillId=\"2\" borderId=\"0\" xfId=\"0\" applyFont=\"1\" applyFill=\"1\"/>";
    for g in 0..3 {
        for n in [0, 164, 4, 165, 10] {
            s += &format!(
                "<xf numFmtId=\"{n}\" fontId=\"0\" fillId=\"{}\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFill=\"1\"/>",
                3 + g
            );
        }
    }
    s + "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"
}
/// J3: one thread inflates, the others grade, write and deflate.
pub fn j3(src: &str, dst: &str) {
    let f = File::open(src).unwrap();
    let m = unsafe { Mmap::map(&f).unwrap() };
    let m: &[u8] = &m;
    let mut z = Zip::create(dst, "分级结果", &styles());
    let ss = inflate(m, SST);
    let st = sst(&ss);
    let text = |i: usize| std::str::from_utf8(&ss[st[i].0 as usize..st[i].1 as usize]).unwrap();
    let (risk, reg): (Vec<u8>, Vec<u8>) = (0..st.len())
        .into_par_iter()
        .map(|i| {
            let t = text(i);
            (
                csv_jobs::risk(t.as_bytes()) as u8,
                if t.len() == 6 {
                    REG.iter().position(|r| *r == t).unwrap_or(0) as u8
                } else {
                    0
                },
            )
        })
        .unzip();
    let base = st.len() as u32;
    let pre = (0..60)
        .map(|i| format!("\" s=\"{}", 2 + i / 20 * 5 + kind(i % 20)).into_bytes())
        .collect();
    let ctx = Ctx {
        risk,
        reg,
        base,
        pre,
    };
    let at = z.begin(SHEET);
    let mut crc = crc32fast::Hasher::new();
    let mut total = 0u64;
    let add =
        |z: &mut Zip, p: (Vec<u8>, u32), n: usize, crc: &mut crc32fast::Hasher, total: &mut u64| {
            z.w(&p.0);
            crc.combine(&crc32fast::Hasher::new_with_initial_len(p.1, n as u64));
            *total += n as u64;
        };
    let mut h = Vec::new();
    head(&mut h, base);
    add(
        &mut z,
        part(&h, LEVEL, false),
        h.len(),
        &mut crc,
        &mut total,
    );
    use std::sync::mpsc::sync_channel;
    let (comp, _) = entry(m, SHEET);
    let nrows = std::sync::atomic::AtomicU32::new(1);
    let nr = &nrows;
    let nt = rayon::current_num_threads();
    let (tx, rx) = sync_channel::<(usize, u32, bool, Vec<u8>)>(nt * 2);
    let rx = std::sync::Mutex::new(rx);
    let (otx, orx) = sync_channel::<(usize, (Vec<u8>, u32), usize)>(nt * 4);
    std::thread::scope(|s| {
        s.spawn(move || {
            let mut d = flate2::read::DeflateDecoder::new(comp);
            let mut buf: Vec<u8> = Vec::with_capacity(3 << 20);
            let mut i = 0;
            let mut r = 1u32;
            let mut started = false;
            let mut eof = false;
            while !eof {
                let from = buf.len();
                buf.resize(2 << 20, 0);
                let mut n = from;
                while n < buf.len() {
                    let k = d.read(&mut buf[n..]).unwrap();
                    if k == 0 {
                        eof = true;
                        break;
                    }
                    n += k;
                }
                buf.truncate(n);
                let b0 = if started {
                    0
                } else {
                    memmem::find(&buf, b"<row ").unwrap()
                };
                let e = memmem::rfind(&buf, b"</row>").map(|x| x + 6).unwrap_or(b0);
                let x = buf[b0..e].to_vec();
                buf.drain(..e);
                if x.is_empty() {
                    break;
                }
                let c = memmem::find_iter(&x, b"<row ").count() as u32;
                tx.send((i, r, !started, x)).unwrap();
                r += c - (!started) as u32;
                started = true;
                i += 1;
                nr.store(r, std::sync::atomic::Ordering::Relaxed);
            }
        });
        for _ in 0..nt {
            let (rx, otx, ctx) = (&rx, otx.clone(), &ctx);
            s.spawn(move || {
                loop {
                    let Ok((i, mut r, fst, x)) = rx.lock().unwrap().recv() else {
                        break;
                    };
                    let mut o = Vec::with_capacity(x.len() * 2);
                    emit(&x, fst, ctx, &mut o, &mut r);
                    otx.send((i, part(&o, LEVEL, false), o.len())).unwrap();
                }
            });
        }
        drop(otx);
        let mut hold = std::collections::BTreeMap::new();
        let mut want = 0;
        for (i, p, n) in orx {
            hold.insert(i, (p, n));
            while let Some((p, n)) = hold.remove(&want) {
                add(&mut z, p, n, &mut crc, &mut total);
                want += 1;
            }
        }
    });
    let rows_total = nrows.load(std::sync::atomic::Ordering::Relaxed);
    let tail = format!("</sheetData><autoFilter ref=\"A1:T{rows_total}\"/></worksheet>");
    add(
        &mut z,
        part(tail.as_bytes(), LEVEL, true),
        tail.len(),
        &mut crc,
        &mut total,
    );
    z.end(at, SHEET, crc.finalize(), total);
    // The shared strings: those of the input, 20 headings, 3 grades, 4 types, 28 tags.
    let end = memmem::rfind(&ss, b"</sst>").unwrap();
    let b = memmem::find(&ss, b"<si>").unwrap();
    let mut tail = Vec::new();
    for x in NAMES
        .iter()
        .map(|x| x.to_string())
        .chain(["A", "B", "C"].map(String::from))
        .chain(TY.map(String::from))
        .chain(
            REG.iter()
                .flat_map(|r| TY.iter().map(move |t| format!("{r}|{t}"))),
        )
    {
        let _ = write!(tail, "<si><t>{x}</t></si>");
    }
    tail.extend_from_slice(b"</sst>");
    let hd = b"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">";
    let mut parts: Vec<&[u8]> = vec![hd];
    parts.extend(ss[b..end].chunks(1 << 20));
    parts.push(&tail);
    let k = parts.len();
    let ps: Vec<_> = parts
        .par_iter()
        .enumerate()
        .map(|(i, x)| (part(x, LEVEL, i + 1 == k), x.len()))
        .collect();
    let at = z.begin(SST);
    let mut crc = crc32fast::Hasher::new();
    let mut total = 0;
    for (p, n) in ps {
        add(&mut z, p, n, &mut crc, &mut total);
    }
    z.end(at, SST, crc.finalize(), total);
    z.finish();
}

/// The customers as a spreadsheet program would save them: shared strings, date cells, numbers.
pub fn workbook(from: &str, to: &str) {
    let day = "<xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>";
    let none = day
        .replace("164", "0")
        .replace(" applyNumberFormat=\"1\"", "");
    let every = styles();
    let (before, rest) = every.split_once("<cellXfs").unwrap();
    let (_, after) = rest.split_once("</cellXfs>").unwrap();
    let styles = format!("{before}<cellXfs count=\"2\">{none}{day}</cellXfs>{after}");
    let mut book = Zip::create(to, "客户", &styles);

    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut strings = Stream::default();
    strings.text += "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">";
    let mut sheet = Stream::default();
    sheet.text += "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>";
    let mut records = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(from)
        .unwrap();
    for (row, record) in (1..).zip(records.records()) {
        sheet.text += &format!("<row r=\"{row}\" spans=\"1:14\">");
        for (column, cell) in record
            .unwrap()
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.is_empty())
        {
            let letter = char::from(b'A' + column as u8);
            sheet.text += &match column {
                7 if row > 1 => {
                    format!("<c r=\"{letter}{row}\" s=\"1\"><v>{}</v></c>", serial(cell))
                }
                8..=12 if row > 1 => format!(
                    "<c r=\"{letter}{row}\"><v>{}</v></c>",
                    cell.parse::<f64>().unwrap()
                ),
                _ => {
                    let next = numbers.len();
                    let number = *numbers.entry(cell.to_owned()).or_insert_with(|| {
                        strings.text += &format!(
                            "<si><t>{}</t></si>",
                            cell.replace('&', "&amp;").replace('<', "&lt;")
                        );
                        next
                    });
                    format!("<c r=\"{letter}{row}\" t=\"s\"><v>{number}</v></c>")
                }
            };
        }
        sheet.text += "</row>";
        sheet.pack(false);
        strings.pack(false);
    }
    sheet.text += "</sheetData></worksheet>";
    strings.text += "</sst>";
    sheet.put(&mut book, SHEET);
    strings.put(&mut book, SST);
    book.finish();
}

/// The serial number of a day.
fn serial(day: &str) -> i64 {
    let [year, month, day] =
        [&day[..4], &day[5..7], &day[8..]].map(|part| part.parse::<i64>().unwrap());
    csv_jobs::days(year, month, day) + 25_569
}

/// A part of a book that is packed while it grows.
#[derive(Default)]
struct Stream {
    text: String,
    packed: Vec<u8>,
    size: u64,
    crc: crc32fast::Hasher,
}

impl Stream {
    fn pack(&mut self, last: bool) {
        if last || self.text.len() > 1 << 20 {
            let (packed, crc) = part(self.text.as_bytes(), SAVED, last);
            self.packed.extend(packed);
            self.crc.combine(&crc32fast::Hasher::new_with_initial_len(
                crc,
                self.text.len() as u64,
            ));
            self.size += self.text.len() as u64;
            self.text.clear();
        }
    }
    fn put(mut self, book: &mut Zip, name: &str) {
        self.pack(true);
        let at = book.begin(name);
        book.w(&self.packed);
        book.end(at, name, self.crc.finalize(), self.size);
    }
}
