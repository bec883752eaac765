//! The texts that the cells of a workbook share.

/// The texts one after another in one buffer: there may be millions.
#[derive(Default)]
pub(super) struct SharedTexts {
    texts: String,
    ends: Vec<usize>,
}

impl SharedTexts {
    pub(super) fn push(&mut self, text: &str) {
        self.texts.push_str(text);
        self.ends.push(self.texts.len());
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let from = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.texts.get(from..*self.ends.get(index)?)
    }
}
