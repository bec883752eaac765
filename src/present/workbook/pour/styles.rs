//! The numbers by which cells name their formats.

use crate::present::workbook::formats::{Formats, Look, Shade};
use rust_xlsxwriter::{Format, Workbook};
use std::collections::HashMap;

/// The numbers of the formats of one workbook: the library counts formats as it meets them, the default one as 0, and so
/// does this. When the book is saved its samples show whether both have counted alike.
pub struct Numbers {
    known: HashMap<Format, u32>,
}

impl Numbers {
    /// Of a workbook in which nothing is written yet, with this default format.
    pub fn new(default: Format) -> Self {
        Self {
            known: HashMap::from([(default, 0)]),
        }
    }

    /// The number of a format, which the library is told of if it is new.
    fn of(&mut self, library: &mut Workbook, format: &Format) -> u32 {
        if let Some(number) = self.known.get(format) {
            return *number;
        }
        let number = self.known.len() as u32;
        library.register_format(format);
        self.known.insert(format.clone(), number);
        number
    }
}

/// The shades that there are without grades, in the order of their numbers.
const WITHOUT_GRADES: [Shade; 5] = [
    Shade::Plain,
    Shade::Hatched,
    Shade::Overridden,
    Shade::Input,
    Shade::Late,
];

/// The formats of a sheet: every look with every shade.
pub struct Styles {
    looks: Vec<Look>,
    grades: usize,
    /// For each look the numbers of its shades.
    numbers: Vec<u32>,
    /// Each of these formats once, with its number.
    pub samples: Vec<(u32, Format)>,
}

impl Styles {
    /// Of a sheet whose columns look like this.
    pub fn new(
        columns: impl Iterator<Item = Look>,
        formats: &mut Formats,
        numbers: &mut Numbers,
        library: &mut Workbook,
    ) -> Self {
        // A value that does not go with its column looks like one of these.
        let mut looks = vec![Look::Text, Look::General, Look::Date, Look::DateTime];
        for look in columns {
            if !looks.contains(&look) {
                looks.push(look);
            }
        }
        let grades = formats.grades();
        let tints = (0..grades).map(Shade::Tint);
        let shades: Vec<Shade> = WITHOUT_GRADES
            .into_iter()
            .chain(tints)
            .chain((0..grades).map(Shade::Grade))
            .collect();
        let mut found = Vec::with_capacity(looks.len() * shades.len());
        let mut samples: Vec<(u32, Format)> = vec![];
        for look in &looks {
            for shade in &shades {
                let format = formats.cell(*shade, *look);
                let number = numbers.of(library, format);
                found.push(number);
                if samples.iter().all(|(known, _)| *known != number) {
                    samples.push((number, format.clone()));
                }
            }
        }
        Self {
            looks,
            grades,
            numbers: found,
            samples,
        }
    }

    /// The number of a format; `None` if it is none of these.
    pub fn number(&self, shade: Shade, look: Look) -> Option<u32> {
        let fixed = WITHOUT_GRADES.len();
        let shades = fixed + 2 * self.grades;
        let shade = match shade {
            Shade::Hatched => 1,
            Shade::Overridden => 2,
            Shade::Input => 3,
            Shade::Late => 4,
            Shade::Tint(grade) if grade < self.grades => fixed + grade,
            Shade::Grade(grade) if grade < self.grades => fixed + self.grades + grade,
            // What has no colour of its own is plain.
            Shade::Plain | Shade::Tint(_) | Shade::Grade(_) => 0,
        };
        let look = self.looks.iter().position(|known| *known == look)?;
        self.numbers.get(look * shades + shade).copied()
    }
}
