//! What the system says of a file that cannot be read or written, in both languages.

use super::Text;
use crate::text;
use std::io::{Error, ErrorKind};

/// Why something cannot be done with a file. What is rare is said as the system says it.
pub fn told(error: &Error) -> Text {
    match error.kind() {
        ErrorKind::NotFound => text!("there is no such file", "没有这个文件"),
        ErrorKind::PermissionDenied => text!("permission is denied", "没有权限"),
        ErrorKind::IsADirectory => text!("it is a folder, not a file", "这是文件夹，不是文件"),
        ErrorKind::NotADirectory => text!(
            "part of its path is a file, not a folder",
            "路径中有一段是文件，不是文件夹"
        ),
        ErrorKind::AlreadyExists => text!("there is something of that name", "已有同名的文件"),
        ErrorKind::ReadOnlyFilesystem => {
            text!("nothing can be written there", "该位置只读，不能写入")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            text!("there is no room left on the disk", "磁盘已满")
        }
        ErrorKind::InvalidFilename => text!("its name is too long", "文件名过长"),
        _ => {
            // A temporary file's error ends in its made-up name, which tells nobody anything.
            let said = error.to_string();
            let said = said.split(" at path ").next().unwrap_or_default();
            text!("{said}", "{said}")
        }
    }
}
