//! The page in a real browser: chromedriver and headless Chromium. If either
//! is missing the test fails; `scripts/setup` installs them.

use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use tempfile::TempDir;
use xinting_wire::Cell;

use crate::rig::{Booth, District, PATIENCE, get};

/// Chromium and its driver with a profile of their own; gone when dropped.
struct Browser {
    driver: Child,
    client: Client,
    _profile: TempDir,
}

impl Browser {
    async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A group of its own, so that Chromium ends with it whatever happens.
            .process_group(0)
            .spawn()
            .expect("chromedriver is not installed");
        let profile = tempfile::tempdir().unwrap();
        let url = format!("http://127.0.0.1:{port}");
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < PATIENCE, "chromedriver does not listen");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--lang=zh-CN",
            &format!("--user-data-dir={}", profile.path().display()),
        ];
        let mut capabilities = Capabilities::new();
        capabilities.insert(
            "goog:chromeOptions".into(),
            serde_json::json!({ "args": arguments }),
        );
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&url)
            .await
            .expect("no session with Chromium");
        Self {
            driver,
            client,
            _profile: profile,
        }
    }

    async fn text(&self, css: &str) -> String {
        self.client
            .find(Locator::Css(css))
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    }

    async fn texts(&self, css: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for element in self.client.find_all(Locator::Css(css)).await.unwrap() {
            texts.push(element.text().await.unwrap());
        }
        texts
    }

    /// A picture of the whole page at this width, into the target folder.
    async fn picture(&self, name: &str, width: u32) {
        self.client.set_window_size(width, 900).await.unwrap();
        let script = "return [document.documentElement.scrollHeight, document.documentElement.scrollWidth, innerWidth]";
        let sizes = self.client.execute(script, vec![]).await.unwrap();
        assert!(
            sizes[1].as_u64() <= sizes[2].as_u64(),
            "{name} scrolls sideways: {sizes}"
        );
        let height = u32::try_from(sizes[0].as_u64().unwrap()).unwrap() + 160;
        self.client.set_window_size(width, height).await.unwrap();
        let png = self.client.screenshot().await.unwrap();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(folder.join(format!("district-{name}.png")), png).unwrap();
    }

    async fn stop(self) {
        self.client.clone().close().await.unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let group = rustix::process::Pid::from_child(&self.driver);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        let _ = self.driver.wait();
    }
}

#[tokio::test]
async fn the_page_shows_what_was_sent() {
    let district = District::new("");
    let served = district.serve();
    let first = district.code("no-1-middle", "示例第一中学");
    let second = district.code("lake-primary", "示例湖滨小学");
    district.code("hill-high", "示例山前高中");
    let middle = Booth::enrol(&served.url, &first, 1);
    let primary = Booth::enrol(&served.url, &second, 2);
    let today = jiff::Timestamp::now()
        .to_zoned(TimeZone::get("Asia/Shanghai").unwrap())
        .date();
    let day = |ago: i64| today - ago.days();
    let reports = [
        (
            &middle,
            1,
            day(2),
            vec![
                (Cell::Visits, 1_204),
                (Cell::VisitsJunior, 1_100),
                (Cell::DoorSelfCheck, 31),
                (Cell::DoorRelax, 57),
                (Cell::CheckGad7, 12),
                (Cell::PracticeBreathingStarted, 40),
                (Cell::PracticeBreathingFinished, 25),
                (Cell::CallLineOpen, 6),
                (Cell::CallBusy, 2),
            ],
        ),
        (
            &middle,
            2,
            day(1),
            vec![
                (Cell::Visits, 18),
                (Cell::DoorRelax, 9),
                (Cell::ArticlesRead, 8),
                (Cell::CallLineOpen, 1),
            ],
        ),
        (
            &primary,
            1,
            day(1),
            vec![
                (Cell::Visits, 3),
                (Cell::VisitsPrimary, 3),
                (Cell::DoorLearn, 5),
                (Cell::ArticlesRead, 5),
            ],
        ),
    ];
    for (booth, sequence, date, counts) in &reports {
        let body = booth.report(*sequence, *date, counts);
        assert_eq!(booth.send(&served.url, *sequence, &body).status, 201);
    }

    let browser = Browser::start().await;
    browser.client.goto(&served.url).await.unwrap();
    assert_eq!(browser.text("#total-visits").await, "1,225");
    assert_eq!(browser.text("#total-articles").await, "13");
    assert_eq!(browser.text("#total-practices").await, "25");
    assert_eq!(browser.text("#total-calls").await, "7");
    assert_eq!(
        browser.texts("#doors .count").await,
        ["31", "5", "66", "0", "0", "0"]
    );
    assert_eq!(
        browser.texts("#practices .count").await,
        ["25 / 40", "0 / 0", "0 / 0", "0 / 0"]
    );
    assert_eq!(
        browser.texts("#calls .count").await,
        ["7", "<5", "0", "0", "0", "0"]
    );
    assert_eq!(
        browser.texts("#checks .count").await,
        ["0", "12", "0", "0", "0"]
    );
    let row = |school: &str| format!("#schools tr[data-school='{school}'] td");
    assert_eq!(
        browser.texts(&row("no-1-middle")).await,
        ["1", "1,222", "12", "8", "25", "7", "<5"]
    );
    assert_eq!(
        browser.texts(&row("lake-primary")).await,
        ["1", "<5", "0", "5", "0", "0", "0"]
    );
    assert_eq!(
        browser.texts(&row("hill-high")).await,
        ["0", "0", "0", "0", "0", "0", "0"]
    );
    assert_eq!(
        browser.texts("#booths .state").await,
        ["按时 on time", "按时 on time"]
    );
    assert!(
        browser
            .text("#booths .note")
            .await
            .contains("1 个注册码待用")
    );
    assert!(browser.text(".notice").await.contains("noise: none"));
    assert_eq!(
        browser
            .client
            .find_all(Locator::Css("#days rect.day"))
            .await
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        browser
            .client
            .find_all(Locator::Css("#days rect.none"))
            .await
            .unwrap()
            .len(),
        28
    );
    // The style has come through the page's own policy.
    let script = "return getComputedStyle(document.body).backgroundColor";
    let paper = browser.client.execute(script, vec![]).await.unwrap();
    assert_eq!(paper, "rgb(251, 247, 240)");
    browser.picture("desktop", 1440).await;
    browser.picture("tablet", 820).await;
    browser.picture("phone", 390).await;

    browser
        .client
        .find(Locator::Css("#days summary"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    assert_eq!(
        browser.texts("#days tbody td").await,
        [
            day(1).to_string().as_str(),
            "21",
            "2",
            day(2).to_string().as_str(),
            "1,204",
            "1"
        ]
    );
    browser
        .client
        .find(Locator::LinkText("7 天"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    assert_eq!(browser.text("#total-visits").await, "1,225");
    browser.stop().await;
}

#[tokio::test]
async fn an_empty_district_has_a_page_that_says_how_to_begin() {
    let district = District::new("");
    let served = district.serve();
    let browser = Browser::start().await;
    browser.client.goto(&served.url).await.unwrap();
    assert_eq!(browser.text("#total-visits").await, "0");
    assert!(
        browser
            .text("#schools")
            .await
            .contains("xinting-district enrol")
    );
    browser.picture("empty", 1440).await;
    browser.stop().await;
}

#[test]
fn names_from_outside_cannot_become_markup() {
    let district = District::new("");
    let served = district.serve();
    district.code("no-1", "<script>alert(1)</script>\"'&");
    let page = get(&served.url, &[]).body;
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&lt;script&gt;"));
}
