//! A mail server that speaks SMTP over TCP, and does at each step what a test wants of it.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use message_channels::{ChannelSettings, Channels, SmtpSettings, SmtpTimeouts, SmtpTls};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A step of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// The first line of the server.
    Greeting,
    /// `MAIL FROM`.
    Mail,
    /// `RCPT TO`.
    Rcpt,
    /// `DATA`.
    Data,
    /// The text, up to the line with a dot.
    Text,
}

/// What the server does at a step instead of going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Answers with this reply.
    Reply(&'static str),
    /// Closes the connection.
    Close,
    /// Takes the mail, and closes the connection without a reply.
    TakeAndClose,
    /// Says nothing more.
    Stall,
}

/// A mail that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mail {
    /// The id between the angle brackets, up to the @.
    pub(super) id: String,
    pub(super) to: String,
    pub(super) headers: String,
    pub(super) text: String,
}

#[derive(Default)]
struct State {
    mails: Vec<Mail>,
    /// What happens next at a step; nothing is left when it has happened.
    script: BTreeMap<Step, VecDeque<Act>>,
    /// Recipients are told to come back once (greylisting).
    greylists: bool,
    seen: Vec<String>,
    connections: usize,
    /// How many mails were taken.
    progress: watch::Sender<usize>,
    /// Between taking a mail and saying so.
    pace: Duration,
}

/// A running mail server. It ends with the test.
pub(super) struct MailServer {
    pub(super) address: SocketAddr,
    state: Arc<Mutex<State>>,
    stop: Option<DropGuard>,
}

impl MailServer {
    pub(super) async fn start() -> Self {
        Self::at(([127, 0, 0, 1], 0).into()).await
    }

    /// Starts at an address, which may have been another's before.
    pub(super) async fn at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State::default()));
        let stop = CancellationToken::new();
        tokio::spawn(accept(listener, Arc::clone(&state), stop.clone()));
        Self { address, state, stop: Some(stop.drop_guard()) }
    }

    /// Nobody listens at the address any more.
    pub(super) async fn go_away(&mut self) {
        self.stop = None;
        while TcpStream::connect(self.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does this at the next time that it comes to the step.
    pub(super) fn next(&self, step: Step, act: Act) {
        self.state().script.entry(step).or_default().push_back(act);
    }

    /// Thinks for so long about each mail before it says that it has taken it.
    pub(super) fn think(&self, pace: Duration) {
        self.state().pace = pace;
    }

    /// Waits until so many mails were taken.
    pub(super) async fn taken(&self, count: usize) {
        let mut progress = self.state().progress.subscribe();
        progress.wait_for(|taken| *taken >= count).await.expect("the server is there");
    }

    pub(super) fn greylist(&self) {
        self.state().greylists = true;
    }

    pub(super) fn mails(&self) -> Vec<Mail> {
        self.state().mails.clone()
    }

    pub(super) fn connections(&self) -> usize {
        self.state().connections
    }

    /// The server as the only channel, with little patience.
    pub(super) fn channels(&self) -> Channels {
        let settings = ChannelSettings { smtp: Some(smtp_at(self.address)), ..ChannelSettings::default() };
        Channels::new(&settings).expect("channels")
    }
}

pub(super) fn smtp_at(address: SocketAddr) -> SmtpSettings {
    let patience = Duration::from_millis(500);
    SmtpSettings {
        host: address.ip().to_string(),
        port: address.port(),
        tls: SmtpTls::None,
        credentials: None,
        from: "Handover <handover@example.com>".to_owned(),
        connections: 4,
        timeouts: SmtpTimeouts { open: patience, command: patience, text: patience },
    }
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>, stop: CancellationToken) {
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        let (stream, _) = accepted.expect("a connection");
        let conversation = Conversation { stream: BufReader::new(stream), state: Arc::clone(&state) };
        let stop = stop.clone();
        tokio::spawn(async move { stop.run_until_cancelled(conversation.run()).await });
    }
}

struct Conversation {
    stream: BufReader<TcpStream>,
    state: Arc<Mutex<State>>,
}

impl Conversation {
    /// Until one of both closes the connection.
    async fn run(mut self) -> Option<()> {
        self.lock().connections += 1;
        self.step(Step::Greeting, "220 mail.example").await?;
        let mut to = String::new();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let command = line.split([' ', ':', '\r', '\n']).next().unwrap_or_default().to_uppercase();
            if command == "RCPT" {
                to = between(&line, '<', '>');
            }
            self.answer(&command, &to).await?;
        }
    }

    /// Answers a command; none when the connection ends.
    async fn answer(&mut self, command: &str, to: &str) -> Option<()> {
        match command {
            "EHLO" => self.say("250-mail.example\r\n250 8BITMIME").await,
            "MAIL" => self.step(Step::Mail, "250 ok").await.map(drop),
            "RCPT" => self.recipient(to).await.map(drop),
            "DATA" => {
                let goes_on = self.step(Step::Data, "354 go on").await?;
                if goes_on { self.text(to).await.map(drop) } else { Some(()) }
            }
            "QUIT" => self.say("221 bye").await.and(None),
            "NOOP" | "RSET" => self.say("250 ok").await,
            _ => self.say("502 what?").await,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn say(&mut self, line: &str) -> Option<()> {
        self.stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.ok()
    }

    /// Answers a step as the script says; true when the usual answer was given.
    async fn step(&mut self, step: Step, usual: &str) -> Option<bool> {
        let act = self.lock().script.get_mut(&step).and_then(VecDeque::pop_front);
        match act {
            None => self.say(usual).await.map(|()| true),
            Some(Act::Reply(reply)) => self.say(reply).await.map(|()| false),
            Some(Act::Close | Act::TakeAndClose) => None,
            Some(Act::Stall) => std::future::pending().await,
        }
    }

    async fn recipient(&mut self, to: &str) -> Option<bool> {
        let is_new = {
            let mut state = self.lock();
            let is_new = state.greylists && !state.seen.iter().any(|seen| seen == to);
            state.seen.push(to.to_owned());
            is_new
        };
        if is_new {
            return self.say("451 4.7.1 greylisted, come back later").await.map(|()| false);
        }
        self.step(Step::Rcpt, "250 ok").await
    }

    async fn text(&mut self, to: &str) -> Option<bool> {
        let mut raw = Vec::new();
        while !raw.ends_with(b"\r\n.\r\n") {
            let byte = self.stream.read_u8().await.ok()?;
            raw.push(byte);
        }
        let act = self.lock().script.get(&Step::Text).and_then(|acts| acts.front().copied());
        if matches!(act, None | Some(Act::TakeAndClose)) {
            let mail = mail(to, &String::from_utf8(raw).expect("a mail in ASCII"));
            let pace = {
                let mut state = self.lock();
                state.mails.push(mail);
                state.progress.send_modify(|taken| *taken += 1);
                state.pace
            };
            tokio::time::sleep(pace).await;
        }
        self.step(Step::Text, "250 2.0.0 queued as 4711").await
    }
}

fn between(text: &str, open: char, close: char) -> String {
    let inner = text.split_once(open).and_then(|(_, rest)| rest.split_once(close));
    inner.map_or_else(String::new, |(inner, _)| inner.to_owned())
}

fn mail(to: &str, raw: &str) -> Mail {
    let raw = raw.trim_end_matches("\r\n.\r\n").replace("\r\n..", "\r\n.");
    let (headers, body) = raw.split_once("\r\n\r\n").expect("headers and a body");
    let header = |name: &str| {
        let line = headers.split("\r\n").find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().trim().to_owned()
    };
    let text = match header("Content-Transfer-Encoding:").as_str() {
        "base64" => {
            let joined: String = body.split_whitespace().collect();
            String::from_utf8(STANDARD.decode(joined).expect("base64")).expect("UTF-8")
        }
        "quoted-printable" => quoted_printable(body),
        _ => body.to_owned(),
    };
    let id = between(&header("Message-ID:"), '<', '@');
    Mail { id, to: to.to_owned(), headers: headers.to_owned(), text: text.replace("\r\n", "\n") }
}

fn quoted_printable(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let [first, behind @ ..] = rest {
        let code = (*first == b'=').then(|| behind.get(..2)).flatten();
        let byte = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(bytes).expect("UTF-8")
}
