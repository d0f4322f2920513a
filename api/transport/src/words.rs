//! The messages for people of requests that are not answered, in English and Chinese. Messages for the author of a
//! program (a body that is not JSON, an unknown field) are in English only, where the error is found.

use domain::words::{Bilingual, Phrase};
use listener::{HOSTS_SETTING, WrongHost};

/// An error of the server itself.
pub const INTERNAL: Phrase = ("internal error", "服务器内部错误");

// Who asks.
/// The person must sign in first.
pub const SIGN_IN: Phrase = ("sign in first", "请先登录");
pub(crate) const NOT_BEARER: Phrase =
    ("the Authorization header must be: Bearer and the access token", "登录凭证格式不正确，请重新登录");
pub(crate) const TOKEN_UNKNOWN: Phrase = ("the access token is unknown or has expired", "登录已失效，请重新登录");
pub(crate) const TOKEN_ENDED: Phrase = ("the access token has ended", "登录已结束，请重新登录");

// Too much at a time. When to try again is said behind it.
/// The server has too much to do.
pub const OVERLOADED: Phrase = ("the server has too much to do", "服务器繁忙");
pub(crate) const MANY_BYTES: Phrase = ("too many bytes of requests are on the way", "正在上传的数据过多");
pub(crate) const MANY_LARGE: Phrase = ("too many large requests wait to be read", "等待处理的大请求过多");
/// The disk of the server is full.
pub const STORAGE_FULL: Phrase = ("the server's disk is full and nothing was done", "服务器磁盘已满，未执行任何操作");
/// The database has cancelled a statement that took too long.
pub const DATABASE_TOO_SLOW: Phrase = ("the database took too long", "数据库响应超时");
pub(crate) const MANY_POINTS: Phrase = ("too many points spent", "请求过于频繁");
pub(crate) const MANY_CONNECTIONS: Phrase = (
    "too many live connections: end one, or one connection can follow several projects",
    "实时连接过多，请关闭其中一个，或用一个连接关注多个项目",
);
pub(crate) const MANY_OPERATIONS: Phrase = (
    "too many operations at a time on this connection: complete one first",
    "该连接上同时进行的操作过多，请先完成其中一个",
);

// Too slow.
pub(crate) const QUERY_TOO_SLOW: Phrase = ("the query took too long: ask for less", "查询耗时过长，请减少查询内容");
pub(crate) const MUTATION_TOO_SLOW: Phrase = (
    "no answer in time, but the command goes on: send it again to learn its result",
    "未能及时得到结果，操作仍在继续，请重新发送以获知结果",
);
pub(crate) const BODY_TOO_SLOW: Phrase = ("the body did not arrive in time", "请求内容未能及时送达，请重试");

/// The body has more bytes than it may have; `anonymous` without a valid access token, when fewer are allowed.
pub(crate) fn body_over(bytes: usize, anonymous: bool) -> Bilingual {
    let (en, zh) = match anonymous {
        true => (", the limit of requests without a valid access token", "（未登录时的上限）"),
        false => ("", ""),
    };
    (format!("the body is over {bytes} bytes{en}"), format!("请求内容超过 {bytes} 字节{zh}")).into()
}

/// The server does not answer under the host name of the request.
pub(crate) fn wrong_host(wrong: &WrongHost) -> Bilingual {
    let names = &wrong.names;
    let zh = format!(
        "服务器不以此主机名提供服务：可用的名称为 {names}，也可使用任何网络地址；如需添加名称，请修改服务器设置 {HOSTS_SETTING}"
    );
    (wrong.to_string(), zh).into()
}

/// Why the request was not answered, and when it may be sent again.
pub(crate) fn try_again((en, zh): Phrase, seconds: u64) -> Bilingual {
    (format!("{en}; try again in {seconds} s"), format!("{zh}；请在 {seconds} 秒后重试")).into()
}

/// What an answer says of some of its fields in the words of the table.
pub(crate) const IN_ANSWERS: [Phrase; 5] = [INTERNAL, SIGN_IN, OVERLOADED, STORAGE_FULL, DATABASE_TOO_SLOW];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_is_said_in_english_and_in_chinese() {
        for (en, zh) in [
            INTERNAL,
            SIGN_IN,
            NOT_BEARER,
            TOKEN_UNKNOWN,
            TOKEN_ENDED,
            OVERLOADED,
            MANY_BYTES,
            MANY_LARGE,
            STORAGE_FULL,
            DATABASE_TOO_SLOW,
            MANY_POINTS,
            MANY_CONNECTIONS,
            MANY_OPERATIONS,
            QUERY_TOO_SLOW,
            MUTATION_TOO_SLOW,
            BODY_TOO_SLOW,
        ] {
            assert!(en.is_ascii() && !en.is_empty(), "{en}");
            assert!(!zh.chars().any(|letter| letter.is_ascii_alphabetic()) && !zh.is_empty(), "{zh}");
        }
    }
}
