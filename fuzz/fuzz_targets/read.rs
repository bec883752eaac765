//! Files: any bytes are read or refused without a panic, in bounded memory, with the same result a second time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use regrade::read::{Input, Options, open};
use std::path::Path;

fuzz_target!(|bytes: &[u8]| {
    // A folder in memory where there is one: a file is written for every try.
    let folder = if Path::new("/dev/shm").is_dir() { "/dev/shm".into() } else { std::env::temp_dir() };
    let path = folder.join(format!("regrade-fuzz-{}", std::process::id()));
    std::fs::write(&path, bytes).expect("the folder can be written");
    let input = Input::File { path, name: "x".into(), worksheet: None };
    let read = || format!("{:?}", open(&input, &[], &Options::default(), &|_, _| {}));
    assert_eq!(read(), read());
});
