//! Files of people with altered copies, made as the generator of Febrl makes them (Christen, "Probabilistic Data
//! Generation for Deduplication and Data Linkage", 2005): slips of the keyboard, of the eye (OCR) and of the ear,
//! missing fields, exchanged names, new addresses; several copies of some. The same seed gives the same file.

/// The headers of the file, those of Febrl's.
pub const HEADERS: &str = "rec_id,given_name,surname,street_number,address_1,address_2,suburb,postcode,state,date_of_birth,soc_sec_id";

/// A file of people.
pub struct People {
    /// Its text.
    pub csv: String,
    /// For each row who it is.
    pub entities: Vec<usize>,
}

/// How a file is altered.
#[derive(Clone, Copy)]
pub struct Kind {
    /// People.
    pub originals: usize,
    /// Altered copies, over all.
    pub copies: usize,
    /// Copies of one, at most.
    pub most_copies: usize,
    /// Changes in a record, at most; one at least.
    pub changes: usize,
    /// Changes in a field, at most.
    pub in_a_field: usize,
}

/// Numbers that look drawn by lot (`SplitMix64`).
pub struct Lot(pub u64);

impl Lot {
    /// A number below `below`.
    pub fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((x ^ (x >> 31)) >> 11) as usize % below.max(1)
    }

    /// One of a list, the first ones far more often, as names are.
    fn often(&mut self, list: &'static str) -> &'static str {
        let list: Vec<&str> = list.split(' ').collect();
        let place = self.below(list.len()) * self.below(list.len()) / list.len();
        list[place]
    }

    fn one(&mut self, list: &'static str) -> &'static str {
        let list: Vec<&str> = list.split(' ').collect();
        list[self.below(list.len())]
    }

    fn holds(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

const GIVEN: &str = "joshua thomas jacob emiily sophie isabella lachlan jack william james olivia chloe emily charlotte samuel \
    matthew benjamin daniel ella georgia hannah jessica sarah nicholas alexander ryan liam ethan connor dylan \
    luke oliver zachary cooper harrison mitchell jordan hayden tyler jayden kyle brodie caitlin amy lauren \
    madison grace ruby mia zoe holly lily paige brianna erin taylah abbey ebony mikayla imogen amelia claudia \
    alana kayla molly tahlia jasmine bella angus hugo flynn riley max oscar patrick noah xavier aidan caleb \
    isaac finn toby kane blake jye logan bailey darcy callum levi beth lucy eva anna rose talia";

const SYLLABLES: &str = "ber ton camp bell mar shall rey nolds gold en ham mond wat son clar ke ryan har ring ford pas coe stan \
    ley dun can mor ris web ster green wood lang ston field hill ash by cross man whit er pol lard nor ric \
    van dyk";

const STREETS: &str = "street place crescent circuit avenue drive close road";

const STATES: &str = "nsw vic qld wa sa act tas nt";

/// A name of two or three syllables: rare, and of a common sound.
fn made(lot: &mut Lot, syllables: usize) -> String {
    (0..syllables).map(|_| lot.often(SYLLABLES)).collect()
}

const FIELDS: usize = 10;
type Person = [String; FIELDS];

fn person(lot: &mut Lot, families: &[Person]) -> Person {
    // One in twenty lives with another, who has the same surname more often than not.
    let home = (!families.is_empty() && lot.holds(5)).then(|| &families[lot.below(families.len())]);
    let street = format!("{} {}", made(lot, 2), lot.one(STREETS));
    let suburb = lot.below(400);
    let mut named = Lot(suburb as u64 * 7 + 1);
    let mut new = [
        if lot.holds(4) {
            String::new()
        } else {
            lot.often(GIVEN).to_owned()
        },
        if lot.holds(2) {
            String::new()
        } else {
            made(lot, 2)
        },
        if lot.holds(5) {
            String::new()
        } else {
            (lot.below(20) * lot.below(20) + 1).to_string()
        },
        if lot.holds(2) { String::new() } else { street },
        if lot.holds(12) {
            String::new()
        } else {
            made(lot, 3)
        },
        made(&mut named, 3),
        format!("{}", 2000 + suburb * 13),
        STATES
            .split(' ')
            .nth((suburb * suburb / 400) % 8)
            .unwrap_or_default()
            .to_owned(),
        if lot.holds(4) {
            String::new()
        } else {
            format!(
                "{}{:02}{:02}",
                1900 + lot.below(100),
                1 + lot.below(12),
                1 + lot.below(28)
            )
        },
        (1_000_000 + lot.below(8_999_999)).to_string(),
    ];
    if let Some(home) = home {
        new[2..8].clone_from_slice(&home[2..8]);
        if lot.holds(70) {
            new[1].clone_from(&home[1]);
        }
    }
    new
}

/// Signs that one is taken for when a page is scanned, and sounds that one is written for.
const EYE: [(&str, &str); 12] = [
    ("5", "s"),
    ("1", "l"),
    ("0", "o"),
    ("m", "rn"),
    ("cl", "d"),
    ("8", "b"),
    ("2", "z"),
    ("g", "q"),
    ("u", "v"),
    ("6", "b"),
    ("w", "vv"),
    ("h", "b"),
];
const EAR: [(&str, &str); 12] = [
    ("ph", "f"),
    ("ck", "k"),
    ("ie", "y"),
    ("c", "k"),
    ("ee", "ea"),
    ("ll", "l"),
    ("mb", "m"),
    ("wh", "w"),
    ("gh", "g"),
    ("oo", "u"),
    ("s", "z"),
    ("er", "a"),
];

fn slip(lot: &mut Lot, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    if chars.is_empty() {
        return String::new();
    }
    let at = lot.below(chars.len());
    let sign = if chars[at].is_ascii_digit() {
        char::from(b'0' + lot.below(10) as u8)
    } else {
        char::from(b'a' + lot.below(26) as u8)
    };
    match lot.below(10) {
        0 | 1 => chars.insert(at, sign),
        2 | 3 if chars.len() > 1 => {
            chars.remove(at);
        }
        4 | 5 => chars[at] = sign,
        6 | 7 if at + 1 < chars.len() => chars.swap(at, at + 1),
        8 => {
            let fits: Vec<_> = EYE.iter().filter(|(from, _)| text.contains(from)).collect();
            if let Some((from, to)) = fits.get(lot.below(fits.len())) {
                return text.replacen(from, to, 1);
            }
            chars[at] = sign;
        }
        _ => {
            let fits: Vec<_> = EAR.iter().filter(|(from, _)| text.contains(from)).collect();
            if let Some((from, to)) = fits.get(lot.below(fits.len())) {
                return text.replacen(from, to, 1);
            }
            chars[at] = sign;
        }
    }
    chars.into_iter().collect()
}

fn altered(lot: &mut Lot, original: &Person, kind: Kind) -> Person {
    let mut copy = original.clone();
    let changes = 1 + lot.below(kind.changes);
    let mut in_field = [0; FIELDS];
    for _ in 0..changes {
        let field = lot.below(FIELDS);
        if in_field[field] == kind.in_a_field {
            continue;
        }
        in_field[field] += 1;
        match lot.below(20) {
            0 | 1 => copy[field].clear(),
            2 if field < 2 => copy.swap(0, 1),
            3 if field == 0 => lot.often(GIVEN).clone_into(&mut copy[0]),
            3 if (3..8).contains(&field) => copy[field] = made(lot, 2),
            4 if field == 3 || field == 4 => copy.swap(3, 4),
            _ => copy[field] = slip(lot, &copy[field].clone()),
        }
    }
    copy
}

/// Makes a file.
pub fn people(kind: Kind, seed: u64) -> People {
    let mut lot = Lot(seed);
    let mut originals: Vec<Person> = vec![];
    for _ in 0..kind.originals {
        let new = person(&mut lot, &originals);
        originals.push(new);
    }
    let mut rows: Vec<(usize, Person)> = originals.iter().cloned().enumerate().collect();
    let mut copies = vec![0; kind.originals];
    let mut left = kind.copies;
    while left > 0 {
        let of = lot.below(kind.originals);
        if copies[of] < kind.most_copies {
            copies[of] += 1;
            left -= 1;
            rows.push((of, altered(&mut lot, &originals[of], kind)));
        }
    }
    for at in (1..rows.len()).rev() {
        rows.swap(at, lot.below(at + 1));
    }
    let mut csv = format!("{HEADERS}\n");
    for (number, (_, row)) in rows.iter().enumerate() {
        csv += &format!("{number},{}\n", row.join(","));
    }
    People {
        csv,
        entities: rows.into_iter().map(|(of, _)| of).collect(),
    }
}
