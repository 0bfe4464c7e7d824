//! Which labels a screen shows and what a press on each does: what the pages are for the app, this
//! table is for the pure session. Labels as in zh-CN; numbers and words come from the library.

use xinting_content::hotline::Line;
use xinting_content::instrument::{Reflection, Suggestion};
use xinting_content::{Audience, Lang, Text};
use xinting_session::{
    CallFailure, CallStage, ConfirmWhy, Door, Felt, Input, Now, Screen, Session, TextSize,
};

/// One thing on the screen; a text does nothing.
pub(crate) struct Shown {
    pub(crate) label: String,
    pub(crate) does: Option<Input>,
}

/// Everything on the screen.
pub(crate) fn shown(session: &Session, now: Now) -> Vec<Shown> {
    let mut page = Page {
        session,
        now,
        shown: Vec::new(),
    };
    if session.still_there(now).is_some() {
        page.text("还在吗？");
        page.button("我还在", Input::StillHere);
        if let Screen::Support { .. } = session.screen(now) {
            page.call_now();
        }
        page.bar();
        return page.shown;
    }
    page.draw();
    if let Some(strip) = session.strip(now) {
        page.text(&format!("通话 {}", stage(strip.stage)));
    }
    page.shown
}

struct Page<'a> {
    session: &'a Session,
    now: Now,
    shown: Vec<Shown>,
}

fn zh(text: &Text) -> &str {
    text.get(Lang::ZhCn)
}

fn stage(stage: CallStage) -> &'static str {
    match stage {
        CallStage::Waiting => "电话正在准备",
        CallStage::Dialling => "正在拨号",
        CallStage::DialAgain => "再拨一次",
        CallStage::Alerting => "正在响铃",
        CallStage::LineOpen(_) => "线路已接通",
        CallStage::Ending => "正在挂断",
    }
}

impl Page<'_> {
    fn text(&mut self, label: &str) {
        let label = label.to_owned();
        self.shown.push(Shown { label, does: None });
    }

    fn button(&mut self, label: &str, input: Input) {
        self.shown.push(Shown {
            label: label.to_owned(),
            does: Some(input),
        });
    }

    fn draw(&mut self) {
        let library = self.session.library().clone();
        let preferences = self.session.preferences();
        match self.session.screen(self.now) {
            Screen::Attract => {
                self.button("轻触屏幕，歇一会儿", Input::Touch);
                self.button("求助热线", Input::Help);
                return;
            }
            Screen::Maintenance => return self.button("离开", Input::LeaveMaintenance),
            Screen::Home => {
                self.button("测一测", Input::OpenDoor(Door::SelfCheck));
                self.button("学一学", Input::OpenDoor(Door::Learn));
                self.button("静一静", Input::OpenDoor(Door::Relax));
                self.button("找老师", Input::OpenDoor(Door::Counsellor));
                let names = ["小学", "初中", "高中", "家长"];
                for (name, audience) in names.into_iter().zip(Audience::ALL) {
                    self.button(name, Input::SetAudience(audience));
                }
            }
            Screen::Choose => {
                for instrument in library.instruments_for(preferences.audience) {
                    let choose = Input::ChooseInstrument(instrument.id.clone());
                    self.button(zh(&instrument.feeling), choose);
                }
            }
            Screen::Intro(id) => {
                let instrument = library.instrument(&id).expect("the instrument exists");
                self.text(zh(&instrument.about));
                self.button("开始", Input::BeginItems);
            }
            Screen::Item {
                instrument, index, ..
            } => {
                let instrument = library.instrument(&instrument).expect("it exists");
                let item = &instrument.items[index];
                self.text(zh(&item.text));
                for (option, words) in item.options.iter().enumerate() {
                    self.button(zh(&words.text), Input::Answer(option));
                }
                self.button("上一题", Input::PreviousItem);
                self.button("先不做了", Input::StopCheck);
            }
            Screen::Support { .. } => {
                self.text(zh(&library.support().thanks));
                self.call_now();
                self.button(zh(&library.counsellor().who), Input::OpenCounsellor);
                self.button("继续往下做", Input::SupportContinue);
                self.button("先停在这里", Input::SupportStop);
            }
            Screen::Result {
                instrument,
                score,
                support_first,
            } => {
                let instrument = library.instrument(&instrument).expect("it exists");
                let band = score.band.map(|band| &instrument.bands[band].words);
                let words = band.or_else(|| score.reflection.map(|r| &instrument.reflections[r]));
                self.result(words.expect("a score has words"), support_first);
            }
            Screen::Learn => {
                for article in library.articles_for(preferences.audience) {
                    let open = Input::OpenArticle(article.id.clone());
                    self.button(zh(&article.title), open);
                }
            }
            Screen::Article(id) => {
                self.text(zh(&library.article(&id).expect("the article exists").title));
            }
            Screen::Relax => {
                for practice in library.practices_for(preferences.audience) {
                    let open = Input::OpenPractice(practice.id.clone());
                    self.button(zh(&practice.title), open);
                }
            }
            Screen::Player {
                practice,
                playing,
                ended,
                volume,
                timer_min,
                pace,
                beds,
                end_bell,
            } => {
                let practice = library.practice(&practice).expect("the practice exists");
                self.text(zh(&practice.ease));
                self.text(if ended {
                    "做完了"
                } else {
                    zh(&practice.title)
                });
                if let Some((at, of)) = pace {
                    self.text(&format!("{} / {of}", at + 1));
                    self.button("快一点", Input::SetPace(at.saturating_sub(1)));
                    self.button("慢一点", Input::SetPace(at + 1));
                }
                for (id, level) in beds {
                    let title = zh(&library.bed(&id).expect("the bed exists").title);
                    self.text(&format!("{title} {level}"));
                    let less = Input::SetBed(id.clone(), level.saturating_sub(1));
                    self.button(&format!("{title}小一点"), less);
                    self.button(&format!("{title}大一点"), Input::SetBed(id, level + 1));
                }
                if timer_min.is_some() {
                    self.button("一分钟", Input::SetTimer(1));
                }
                let bell = if end_bell {
                    "不要钟声"
                } else {
                    "要钟声"
                };
                self.button(bell, Input::ToggleEndBell);
                self.button(if playing { "暂停" } else { "播放" }, Input::PlayPause);
                self.button("退十秒", Input::SkipBy(-10_000));
                self.button("进十秒", Input::SkipBy(10_000));
                let quieter = Input::SetVolume(volume.saturating_sub(1));
                self.button("声音小一点", quieter);
                self.button("声音大一点", Input::SetVolume(volume + 1));
            }
            Screen::Felt { practice } => {
                let practice = library.practice(&practice).expect("the practice exists");
                self.text(zh(&practice.title));
                self.button("好一些", Input::Felt(Felt::Calmer));
                self.button("差不多", Input::Felt(Felt::Same));
                self.button("没有好", Input::Felt(Felt::Not));
                self.button("跳过", Input::SkipFelt);
            }
            Screen::FeltNot { .. } => {
                self.text("没有好也没关系");
                self.button("去找心理老师", Input::OpenCounsellor);
                self.button("继续", Input::SkipFelt);
            }
            Screen::Lines => {
                let mut lines = library.lines_at(self.now.civil);
                lines.extend(library.emergency_lines());
                for line in lines {
                    let label = format!("{} {}", zh(&line.name), line.number);
                    self.button(&label, Input::Call(line.id.clone()));
                }
            }
            Screen::ConfirmCall { line, why } => {
                let number = &library.line(&line).expect("the line exists").number;
                self.text(match why {
                    ConfirmWhy::Emergency => "要打急救电话吗？",
                    ConfirmWhy::Again => "要再打一次吗？",
                });
                self.button(&format!("打 {number}"), Input::ConfirmCall);
                self.button("先不打", Input::CancelCall);
            }
            Screen::Countdown {
                line,
                seconds,
                handset_down,
                ..
            } => {
                self.handset(handset_down);
                let line = library.line(&line).expect("the line exists");
                self.text(&format!("正在为你接通 {}", zh(&line.name)));
                self.text(&seconds.to_string());
                self.button("取消", Input::CancelCall);
            }
            Screen::Call {
                stage: at,
                keypad,
                volume,
                minutes_left,
                handset_down,
                ..
            } => {
                self.handset(handset_down);
                if let Some(minutes) = minutes_left {
                    self.text(&format!("还可以说 {minutes} 分钟"));
                }
                self.text(stage(at));
                self.button("结束通话", Input::HangUp);
                self.button("按键", Input::ToggleKeypad);
                let quieter = Input::SetCallVolume(volume.saturating_sub(1));
                self.button("声音小一点", quieter);
                self.button("声音大一点", Input::SetCallVolume(volume + 1));
                if keypad {
                    for key in "0123456789*#".chars() {
                        self.button(&key.to_string(), Input::Keypad(key));
                    }
                }
                self.button("通话中", Input::Help);
            }
            Screen::CallFailed { line, why } => {
                self.text(match why {
                    CallFailure::NoModem => "这里的电话不在",
                    CallFailure::NoSim => "这里的电话没有卡",
                    CallFailure::NoNetwork => "这里没有信号",
                    CallFailure::Lost => "电话断开了",
                    CallFailure::Busy => "线路都在忙",
                    CallFailure::NoAnswer => "暂时没有人接",
                    CallFailure::Failed => "这次没有接通",
                });
                let number = &library.line(&line).expect("the line exists").number;
                self.text(number);
                self.button("再试一次", Input::Call(line));
                self.button("现在去找心理老师", Input::OpenCounsellor);
            }
            Screen::CallOver { .. } => self.text("通话结束了"),
            Screen::Counsellor => self.text(zh(&library.counsellor().how)),
        }
        self.button("EN/中文", Input::SetLang(Lang::En));
        self.button("字号", Input::SetTextSize(TextSize::Large));
        self.button("低位", Input::ToggleReach);
        self.bar();
    }

    fn handset(&mut self, down: bool) {
        if down {
            self.text("请拿起听筒");
        }
    }

    fn bar(&mut self) {
        self.button("求助热线", Input::Help);
        if self.session.can_go_back() {
            self.button("返回", Input::Back);
        }
        self.button("首页", Input::Home);
        self.button("结束", Input::End);
    }

    /// 现在打: the first line offered now.
    fn call_now(&mut self) {
        let library = self.session.library().clone();
        let first: &Line = library.lines_at(self.now.civil)[0];
        let call = Input::Call(first.id.clone());
        self.button(&format!("现在打 {}", first.number), call);
    }

    fn result(&mut self, words: &Reflection, support_first: bool) {
        let library = self.session.library().clone();
        self.text("自评提示，不是诊断");
        self.text(zh(&words.title));
        if support_first {
            self.call_now();
        }
        for suggestion in &words.suggestions {
            match suggestion {
                Suggestion::Article(id) => {
                    let article = library.article(id).expect("the article exists");
                    self.button(zh(&article.title), Input::OpenArticle(id.clone()));
                }
                Suggestion::Practice(id) => {
                    let practice = library.practice(id).expect("the practice exists");
                    self.button(zh(&practice.title), Input::OpenPractice(id.clone()));
                }
                Suggestion::Counsellor => {
                    let who = zh(&library.counsellor().who).to_owned();
                    self.button(&who, Input::OpenCounsellor);
                }
                Suggestion::Call => self.button("打求助热线", Input::Help),
            }
        }
    }
}
