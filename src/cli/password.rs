//! Passwords come in files: on the command line other users of the machine would see them.

use super::{Format, Global, Stop};
use regrade::diagnostic::{Code, Finding, Text, system};
use regrade::encryption::{LONGEST_PASSWORD, Password};
use regrade::text;
use std::path::Path;

/// The password in the first line of a file.
pub fn in_file(path: &Path) -> Result<Password, Stop> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let path = path.display();
        let Text { en, zh } = match error.kind() {
            std::io::ErrorKind::InvalidData => text!("it is not UTF-8", "不是 UTF-8 编码"),
            _ => system::told(&error),
        };
        let title = text!(
            "cannot read the password in `{path}`: {en}",
            "无法读取 `{path}` 中的密码：{zh}"
        );
        let help = text!(
            "name a text file (UTF-8) whose first line is the password",
            "请指定一个文本文件（UTF-8），第一行为密码"
        );
        Stop::usage(Finding::error(Code::Usage, title).help(help))
    })?;
    let text = text.trim_start_matches('\u{FEFF}');
    Ok(Password::new(text.lines().next().unwrap_or_default()))
}

/// The password behind which the workbooks of a call go, if it names one.
pub fn to_encrypt(global: &Global) -> Result<Option<Password>, Stop> {
    let Some(path) = &global.encrypt_password_file else {
        return Ok(None);
    };
    let password = in_file(path)?;
    let length = password.len();
    let path = path.display();
    if password.is_empty() {
        return Err(usage(
            text!(
                "the first line of `{path}` is empty: there is no password in it",
                "`{path}` 的第一行为空，没有密码"
            ),
            text!(
                "write the password into the first line of the file",
                "请把密码写在文件的第一行"
            ),
        ));
    }
    if length > LONGEST_PASSWORD {
        return Err(usage(
            text!(
                "the password in `{path}` has {length} characters; a workbook's has {LONGEST_PASSWORD} at most",
                "`{path}` 中的密码有 {length} 个字符；工作簿密码最多 {LONGEST_PASSWORD} 个字符"
            ),
            text!("choose a shorter one", "请换用较短的密码"),
        ));
    }
    Ok(Some(password))
}

/// A call whose outputs cannot be workbooks, whatever the command, and a password for them.
pub fn refuse_without_workbook(global: &Global) -> Result<(), Stop> {
    let is_workbook = |path: &String| path.to_ascii_lowercase().ends_with(".xlsx");
    let is_named = global.format == Some(Format::Xlsx) || global.output.iter().any(is_workbook);
    if global.encrypt_password_file.is_some() && !is_named {
        return Err(nothing_to_encrypt());
    }
    Ok(())
}

/// A password, and no workbook among the outputs.
pub fn nothing_to_encrypt() -> Stop {
    usage(
        text!(
            "only workbooks are encrypted, and none is written",
            "只有工作簿可以加密，而此次没有输出工作簿"
        ),
        text!(
            "write one, as in `-o graded.xlsx`, or leave `--encrypt-password-file` out",
            "请输出工作簿，如 `-o 评级.xlsx`，或去掉 `--encrypt-password-file`"
        ),
    )
}

fn usage(title: Text, help: Text) -> Stop {
    Stop::usage(Finding::error(Code::Usage, title).help(help))
}
