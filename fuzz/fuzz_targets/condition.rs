//! The condition language: any text parses or is refused without a panic; what parses prints to a text that parses to
//! the same tree; what binds evaluates.
#![no_main]

use libfuzzer_sys::fuzz_target;
use regrade::expr::{
    self, Base, Domain, Frame, Resolution, Scope, SeriesColumn, Slot, Symbol, Type,
};
use regrade::diagnostic::Code;
use regrade::rank::Populations;
use regrade::table::{Column, Date, TextColumn, Truth, Unit};
use std::sync::Arc;

/// Names of every type, so that what parses has a chance to bind.
struct Names;

impl Names {
    fn types() -> [(&'static str, Type); 7] {
        let domain = Domain {
            what: regrade::text!("grades", "等级"),
            values: vec!["A".into(), "B".into()],
        };
        [
            ("n", Type::of(Base::Number)),
            ("额", Type::money(Some(Unit::yuan()))),
            ("d", Type::of(Base::Date)),
            ("t", Type::of(Base::Text)),
            ("b", Type::of(Base::Bool)),
            ("g", Type::label(Arc::new(domain))),
            ("s", Type { series: true, ..Type::of(Base::Number) }),
        ]
    }
}

impl Scope for Names {
    fn resolve(&self, sheet: Option<&str>, name: &str) -> Resolution {
        let types = Self::types();
        let found = types.iter().position(|(known, _)| *known == name && sheet.is_none());
        found.map_or(Resolution::Unknown, |index| {
            Resolution::Found(Symbol { slot: Slot(index as u32), ty: types[index].1.clone() })
        })
    }
    fn names(&self) -> Vec<String> {
        Self::types().iter().map(|(name, _)| (*name).to_owned()).collect()
    }
    fn points(&self, _dimension: &str) -> Resolution {
        Resolution::Unknown
    }
    fn tags(&self) -> Option<&[Slot]> {
        Some(&[Slot(3)])
    }
    fn has_population(&self) -> bool {
        true
    }
}

/// Three customers, one without values.
struct Rows {
    columns: Vec<Column>,
    series: SeriesColumn,
    populations: Populations,
}

impl Rows {
    fn new() -> Self {
        let texts = |codes| {
            let dictionary = Arc::new(vec!["A".into(), "B".into(), "乙".into()]);
            Column::Text(TextColumn { codes, dictionary })
        };
        Self {
            columns: vec![
                Column::Number(vec![1_500_000, -8_999_999_999_999_999_999, i64::MIN]),
                Column::Number(vec![0, 8_999_999_999_999_999_999, i64::MIN]),
                Column::Date(vec![19_000, -700_000, i32::MIN]),
                texts(vec![2, 0, u32::MAX]),
                Column::Bool(vec![Truth::True, Truth::False, Truth::Unknown]),
                texts(vec![0, 1, u32::MAX]),
                Column::Number(vec![]),
            ],
            series: SeriesColumn {
                periods: 2,
                values: Column::Number(vec![1_000_000, 2_000_000, i64::MIN, 0, i64::MIN, i64::MIN]),
                skipped: vec![false, false],
            },
            populations: Populations::default(),
        }
    }
}

impl Frame for Rows {
    fn len(&self) -> usize {
        3
    }
    fn as_of(&self) -> Date {
        Date::parse_iso("2024-02-29").expect("a day")
    }
    fn column(&self, slot: Slot) -> &Column {
        &self.columns[slot.0 as usize]
    }
    fn series(&self, _slot: Slot) -> &SeriesColumn {
        &self.series
    }
    fn populations(&self) -> &Populations {
        &self.populations
    }
}

fuzz_target!(|text: &str| {
    let Ok(tree) = expr::parse(text) else { return };
    let printed = tree.to_string();
    match expr::parse(&printed) {
        Ok(again) => assert_eq!(tree, again, "`{text}` prints as `{printed}`"),
        // The canonical text may have brackets where the written one had none, and so be nested too deep by a little.
        Err(findings) if findings.iter().all(|finding| finding.code == Code::TooComplex) => {}
        Err(findings) => panic!("`{text}` prints as `{printed}`: {findings:?}"),
    }
    if let Ok(bound) = expr::bind(&tree, &Names, &mut vec![]) {
        if !bound.ty.series {
            assert_eq!(bound.eval(&Rows::new()).column.len(), 3);
        }
    }
});
