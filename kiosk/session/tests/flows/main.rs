//! Visits as flows: taps and waits in text, the outcome is what was asked of the world and the screen.

mod harness;
mod labels;
mod modem;

use expect_test::expect;
use harness::check;

#[test]
fn a_self_check_to_its_end() {
    check(
        include_str!("gad-7.flow"),
        &expect![[r#"
            tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
            tap 测一测: → Choose, Count(DoorOpened(SelfCheck))
            tap 感受 gad-7: → Intro
            tap 开始: → Item
            tap 选项 1: → Result, Count(CheckCompleted(InstrumentId("gad-7")))
            tap 文章 worry-waves: → Article, Count(ArticleOpened)
            tap 返回: → Result
            tap 练习 slow-breathing: → Player, Player(Start { practice: PracticeId("slow-breathing"), looped: false, volume: 5, lang: ZhCn, pace: Some(1), beds: [(BedId("rain"), 8)], end_bell: true }), Count(PracticeStarted(PracticeId("slow-breathing")))
            tap 声音小一点: Player(Volume(4))
            tap 进十秒: Player(SkipBy(10000))
            tap 暂停: Player(Pause)
            tap 返回: → Felt, Player(Stop)
            tap 差不多: → Result
            tap 返回: → Choose
            tap 结束: → Attract, Count(Audience(Senior)), VisitEnded
            Attract
        "#]],
    );
}

#[test]
fn a_risk_item_opens_support_and_a_call() {
    check(
        include_str!("support-call.flow"),
        &expect![[r#"
        tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
        tap 测一测: → Choose, Count(DoorOpened(SelfCheck))
        tap 感受 phq-a: → Intro
        tap 开始: → Item
        tap 选项 1: → Support, Count(CheckCompleted(InstrumentId("phq-a")))
        tap 现在打 0000001: → Countdown
        tick: → Call, Dial(LineId("daytime")), CallVolume(5)
        tap 声音大一点: CallVolume(6)
        tap 1: Dtmf('1')
        tap #: Dtmf('#')
        tap 结束通话: HangUp
        modem Ended(HungUpHere): → CallOver, Count(CallEnded { reached: true, outcome: Some(HungUpHere) })
        tap 返回: → Support
        tap 继续往下做: → Result
        Result { instrument: InstrumentId("phq-a"), score: Score { total: 1, band: Some(0), reflection: None, risk: true }, support_first: true }
    "#]],
    );
}

#[test]
fn support_stays_open_when_taken_back() {
    check(
        include_str!("taken-back.flow"),
        &expect![[r#"
        tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
        tap 测一测: → Choose, Count(DoorOpened(SelfCheck))
        tap 感受 phq-a: → Intro
        tap 开始: → Item
        tap 选项 3: → Support, Count(CheckCompleted(InstrumentId("phq-a")))
        tap 返回: → Item
        tap 选项 0: → Support
        tap 继续往下做: → Result
        tap 返回: → Choose
        tap 感受 who-5: → Intro
        tap 开始: → Item
        tap 选项 5: → Result, Count(CheckCompleted(InstrumentId("who-5")))
        tap 结束: → Attract, VisitEnded
        tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
        tap 测一测: → Choose, Count(DoorOpened(SelfCheck))
        tap 感受 who-5: → Intro
        tap 开始: → Item
        tap 选项 5: → Result, Count(CheckCompleted(InstrumentId("who-5")))
        Result { instrument: InstrumentId("who-5"), score: Score { total: 100, band: Some(1), reflection: None, risk: false }, support_first: false }
    "#]],
    );
}

#[test]
fn the_highest_band_opens_support() {
    check(
        include_str!("support-band.flow"),
        &expect![[r#"
        tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
        tap 测一测: → Choose, Count(DoorOpened(SelfCheck))
        tap 感受 gad-7: → Intro
        tap 开始: → Item
        tap 选项 0: → Support, Count(CheckCompleted(InstrumentId("gad-7")))
        tap 学校心理老师: → Counsellor
        tap 返回: → Support
        tap 返回: → Item
        tap 选项 1: → Support
        tap 先停在这里: → Home
        Home
    "#]],
    );
}

#[test]
fn busy_lines_lead_to_the_next() {
    check(
        include_str!("busy.flow"),
        &expect![[r#"
            tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
            tap 求助热线: → Lines
            tap 线路 daytime 0000001: → Countdown
            tick: → Call, Dial(LineId("daytime")), CallVolume(5)
            modem Ended(Busy): → Countdown, Count(CallEnded { reached: false, outcome: Some(Busy) })
            tick: → Call, Dial(LineId("always")), CallVolume(5)
            modem Ended(NoAnswer): → CallFailed, Count(CallEnded { reached: false, outcome: Some(NoAnswer) })
            tap 现在去找心理老师: → Counsellor
            tap 返回: → CallFailed
            tap 再试一次: → Countdown
            tick: → Call, Dial(LineId("always")), CallVolume(5)
            modem Ended(RemoteEnded): → CallOver, Count(CallEnded { reached: true, outcome: Some(RemoteEnded) })
            tap 返回: → Lines
            tap 线路 ambulance 0000009: → ConfirmCall
            tap 打 0000009: → Countdown
            tick: → Call, Dial(LineId("ambulance")), CallVolume(5)
            modem Ended(Busy): → CallFailed, Count(CallEnded { reached: false, outcome: Some(Busy) })
            CallFailed { line: LineId("ambulance"), why: Busy }
        "#]],
    );
}

#[test]
fn three_seconds_can_be_taken_back() {
    check(
        include_str!("cancel.flow"),
        &expect![[r#"
        tap 求助热线: → Lines, Count(VisitBegan)
        tap 线路 always 0000002: → Countdown
        tap 取消: → Lines, Count(CallEnded { reached: false, outcome: None })
        tap 线路 always 0000002: → Countdown
        tap 返回: → Lines, Count(CallEnded { reached: false, outcome: None })
        tap 线路 always 0000002: → Countdown
        tap 首页: → Home, Count(CallEnded { reached: false, outcome: None })
        tap 求助热线: → Lines
        tap 线路 always 0000002: → Countdown
        tap 结束: → Attract, Count(CallEnded { reached: false, outcome: None }), VisitEnded
        Attract
    "#]],
    );
}

#[test]
fn ending_hangs_up_and_wipes() {
    check(
        include_str!("end-in-call.flow"),
        &expect![[r#"
        tap 求助热线: → Lines, Count(VisitBegan)
        tap 线路 always 0000002: → Countdown
        tick: → Call, Dial(LineId("always")), CallVolume(5)
        tap 结束: → Attract, HangUp, Count(CallEnded { reached: true, outcome: Some(HungUpHere) }), VisitEnded
        tap 求助热线: → Lines, Count(VisitBegan)
        tap 线路 daytime 0000001: → Countdown
        tick: → Call, Dial(LineId("daytime")), CallVolume(5)
        tap 结束通话: HangUp
        tap 结束: → Attract, Count(CallEnded { reached: true, outcome: Some(HungUpHere) }), VisitEnded
        tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
        Home
    "#]],
    );
}

#[test]
fn a_call_outlives_its_page() {
    check(
        include_str!("strip.flow"),
        &expect![[r#"
            tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
            tap 静一静: → Relax, Count(DoorOpened(Relax))
            tap 练习 slow-breathing: → Player, Player(Start { practice: PracticeId("slow-breathing"), looped: false, volume: 5, lang: ZhCn, pace: Some(1), beds: [(BedId("rain"), 8)], end_bell: true }), Count(PracticeStarted(PracticeId("slow-breathing")))
            tap 求助热线: → Lines, Player(Pause)
            tap 线路 always 0000002: → Countdown, Player(Duck(true))
            tick: → Call, Dial(LineId("always")), CallVolume(5)
            tap 返回: → Lines
            tap 返回: → Player
            tap 播放: Player(Resume)
            tap 首页: → Home, Player(Stop), Player(Duck(false))
            tap 求助热线: → Call
            tap 首页: → Home
            tap 学一学: → Learn, Count(DoorOpened(Learn))
            tap 文章 worry-waves: → Article, Count(ArticleOpened)
            modem Ended(RemoteEnded): → CallOver, Count(CallEnded { reached: true, outcome: Some(RemoteEnded) })
            tap 返回: → Article
            Article(ArticleId("worry-waves"))
        "#]],
    );
}

#[test]
fn no_line_shows_the_number() {
    check(
        include_str!("no-line.flow"),
        &expect![[r#"
            tap 求助热线: → Lines, Count(VisitBegan)
            tap 线路 always 0000002: → CallFailed, Count(CallEnded { reached: false, outcome: Some(NoModem) })
            tap 返回: → Lines
            tap 线路 ambulance 0000009: → CallFailed, Count(CallEnded { reached: false, outcome: Some(NoModem) })
            tap 返回: → Lines
            tap 线路 always 0000002: → CallFailed, Count(CallEnded { reached: false, outcome: Some(NoSim) })
            tap 再试一次: Count(CallEnded { reached: false, outcome: Some(NoNetwork) })
            tap 再试一次: → Countdown
            tick: → Call
            sim modem not-configured: → CallFailed, Count(CallEnded { reached: false, outcome: Some(NoModem) })
            CallFailed { line: LineId("always"), why: NoModem }
        "#]],
    );
}

#[test]
fn a_silent_modem_is_given_up() {
    check(
        include_str!("stuck.flow"),
        &expect![[r#"
        tap 求助热线: → Lines, Count(VisitBegan)
        tap 线路 always 0000002: → Countdown
        tick: → Call, Dial(LineId("always")), CallVolume(5)
        tick: → CallFailed, HangUp, Count(CallEnded { reached: false, outcome: Some(Failed) })
        CallFailed { line: LineId("always"), why: Failed }
    "#]],
    );
}

#[test]
fn an_unconfirmed_hang_up_is_left() {
    check(
        include_str!("stuck-ending.flow"),
        &expect![[r#"
        tap 求助热线: → Lines, Count(VisitBegan)
        tap 线路 always 0000002: → Countdown
        tick: → Call, Dial(LineId("always")), CallVolume(5)
        tap 结束通话: HangUp
        tick: → CallOver, Count(CallEnded { reached: false, outcome: Some(HungUpHere) })
        CallOver { line: LineId("always") }
    "#]],
    );
}

#[test]
fn no_call_lasts_for_ever() {
    check(
        include_str!("long-call.flow"),
        &expect![[r#"
        tap 求助热线: → Lines, Count(VisitBegan)
        tap 线路 always 0000002: → Countdown
        tick: → Call, Dial(LineId("always")), CallVolume(5)
        tick: HangUp
        modem Ended(HungUpHere): → CallOver, Count(CallEnded { reached: true, outcome: Some(HungUpHere) })
        tick: → Attract, VisitEnded
        Attract
    "#]],
    );
}

#[test]
fn walking_away_wipes() {
    check(
        include_str!("still-there.flow"),
        &expect![[r#"
        tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
        tap 测一测: → Choose, Count(DoorOpened(SelfCheck))
        tap 感受 phq-a: → Intro
        tap 开始: → Item
        tick: → Attract, VisitEnded
        Attract
    "#]],
    );
}

#[test]
fn help_works_while_it_rings() {
    check(
        include_str!("ring-on-support.flow"),
        &expect![[r#"
            tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
            tap 测一测: → Choose, Count(DoorOpened(SelfCheck))
            tap 感受 gad-7: → Intro
            tap 开始: → Item
            tap 选项 3: → Support, Count(CheckCompleted(InstrumentId("gad-7")))
            tap 现在打 0000001: → Countdown
            tick: → Call, Dial(LineId("daytime")), CallVolume(5)
            Call { line: LineId("daytime"), stage: LineOpen(300s), keypad: false, volume: 5, minutes_left: None, handset_down: false }
        "#]],
    );
}

#[test]
fn practices_are_waited_for() {
    check(
        include_str!("practice.flow"),
        &expect![[r#"
            tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
            tap 静一静: → Relax, Count(DoorOpened(Relax))
            tap 练习 muscle-relaxation: → Player, Player(Start { practice: PracticeId("muscle-relaxation"), looped: false, volume: 5, lang: ZhCn, pace: None, beds: [], end_bell: true }), Count(PracticeStarted(PracticeId("muscle-relaxation")))
            tap 暂停: Player(Pause)
            tick: → Attract, Player(Stop), VisitEnded
            tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
            tap 静一静: → Relax, Count(DoorOpened(Relax))
            tap 练习 lakeside: → Player, Player(Start { practice: PracticeId("lakeside"), looped: true, volume: 5, lang: ZhCn, pace: None, beds: [], end_bell: false }), Count(PracticeStarted(PracticeId("lakeside")))
            tap 暂停: Player(Pause)
            tap 播放: Player(Resume)
            tick: Player(Finish { bell: false })
            faded: → Felt, Count(PracticeFinished(PracticeId("lakeside")))
            tap 跳过: → Player
            tap 播放: Player(Start { practice: PracticeId("lakeside"), looped: true, volume: 5, lang: ZhCn, pace: None, beds: [], end_bell: false })
            tap 首页: → Home, Player(Stop)
            Home
        "#]],
    );
}

#[test]
fn maintenance_ends_a_visit() {
    check(
        include_str!("maintenance.flow"),
        &expect![[r#"
        tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
        tap 学一学: → Learn, Count(DoorOpened(Learn))
        tap 首页: → Home
        gesture admin: → Maintenance, Count(Audience(Primary)), VisitEnded, EnterMaintenance
        tick: → Attract
        gesture admin: → Maintenance, EnterMaintenance
        tap 离开: → Attract
        tap 求助热线: → Lines, Count(VisitBegan)
        tap 线路 always 0000002: → Countdown
        tick: → Call, Dial(LineId("always")), CallVolume(5)
        tap 首页: → Home
        Home
        Strip { line: LineId("always"), stage: LineOpen(0ns) }
    "#]],
    );
}

#[test]
fn a_modem_that_vanishes_is_said_so_and_waited_for() {
    check(
        include_str!("unplugged.flow"),
        &expect![[r#"
        tap 求助热线: → Lines, Count(VisitBegan)
        tap 线路 always 0000002: → Countdown
        tick: → Call, Dial(LineId("always")), CallVolume(5)
        modem Ended(Lost): → CallFailed, Count(CallEnded { reached: false, outcome: Some(Lost) })
        tap 再试一次: → Countdown
        tick: → Call
        sim modem plug: Dial(LineId("always")), CallVolume(5)
        modem Ended(Lost): → CallFailed, Count(CallEnded { reached: true, outcome: Some(Lost) })
        CallFailed { line: LineId("always"), why: Lost }
    "#]],
    );
}

#[test]
fn an_emergency_number_asks_and_is_tried_anyway() {
    check(
        include_str!("emergency.flow"),
        &expect![[r#"
        tap 求助热线: → Lines, Count(VisitBegan)
        tap 线路 ambulance 0000009: → ConfirmCall
        tap 先不打: → Lines
        tap 线路 ambulance 0000009: → ConfirmCall
        tap 返回: → Lines
        tap 线路 ambulance 0000009: → ConfirmCall
        tap 求助热线: → Lines
        tap 线路 ambulance 0000009: → ConfirmCall
        tap 打 0000009: → Countdown
        tick: → Call, Dial(LineId("ambulance")), CallVolume(5)
        modem Ended(Busy): → CallFailed, Count(CallEnded { reached: false, outcome: Some(Busy) })
        tap 再试一次: → ConfirmCall
        tap 打 0000009: → Countdown
        tick: → Call, Dial(LineId("ambulance")), CallVolume(5)
        modem Ended(Failed): → CallFailed, Count(CallEnded { reached: false, outcome: Some(Failed) })
        CallFailed { line: LineId("ambulance"), why: Failed }
    "#]],
    );
}

#[test]
fn the_fourth_call_asks_once_more() {
    check(
        include_str!("again.flow"),
        &expect![[r#"
        tap 求助热线: → Lines, Count(VisitBegan)
        tap 线路 always 0000002: → Countdown
        tick: → Call, Dial(LineId("always")), CallVolume(5)
        modem Ended(Busy): → Countdown, Count(CallEnded { reached: false, outcome: Some(Busy) })
        tap 取消: → Lines, Count(CallEnded { reached: false, outcome: None })
        tap 结束: → Attract, VisitEnded
        tap 求助热线: → Lines, Count(VisitBegan)
        tap 线路 always 0000002: → Countdown
        tick: → Call, Dial(LineId("always")), CallVolume(5)
        tap 结束通话: HangUp
        modem Ended(HungUpHere): → CallOver, Count(CallEnded { reached: true, outcome: Some(HungUpHere) })
        tap 返回: → Lines
        tap 线路 daytime 0000001: → Countdown
        tick: → Call, Dial(LineId("daytime")), CallVolume(5)
        tap 结束: → Attract, HangUp, Count(CallEnded { reached: true, outcome: Some(HungUpHere) }), VisitEnded
        tap 求助热线: → Lines, Count(VisitBegan)
        tap 线路 always 0000002: → ConfirmCall
        tap 先不打: → Lines
        tap 线路 always 0000002: → ConfirmCall
        tap 打 0000002: → Countdown
        tick: → Call, Dial(LineId("always")), CallVolume(5)
        tap 结束: → Attract, HangUp, Count(CallEnded { reached: true, outcome: Some(HungUpHere) }), VisitEnded
        tap 求助热线: → Lines, Count(VisitBegan)
        tap 线路 always 0000002: → Countdown
        Countdown { line: LineId("always"), seconds: 3, after_failure: None, handset_down: false }
    "#]],
    );
}

#[test]
fn the_handset_wakes_the_booth_and_ends_a_call() {
    check(
        include_str!("handset.flow"),
        &expect![[r#"
        sim hook lift: → Lines, Count(VisitBegan)
        tap 线路 always 0000002: → Countdown
        sim hook down: → Lines, Count(CallEnded { reached: false, outcome: None })
        tap 线路 always 0000002: → Countdown
        tick: → Call, Dial(LineId("always")), CallVolume(5)
        sim hook down: HangUp
        modem Ended(HungUpHere): → CallOver, Count(CallEnded { reached: false, outcome: Some(HungUpHere) })
        tap 首页: → Home
        sim hook lift: → Lines
        tap 返回: → Home
        Home
    "#]],
    );
}

#[test]
fn the_handset_takes_the_next_line_back() {
    check(
        include_str!("handset-next.flow"),
        &expect![[r#"
        sim hook lift: → Lines, Count(VisitBegan)
        tap 线路 daytime 0000001: → Countdown
        tick: → Call, Dial(LineId("daytime")), CallVolume(5)
        modem Ended(Busy): → Countdown, Count(CallEnded { reached: false, outcome: Some(Busy) })
        sim hook down: → Lines, Count(CallEnded { reached: false, outcome: None })
        Lines
    "#]],
    );
}

#[test]
fn a_try_that_was_dropped_is_made_again() {
    check(
        include_str!("dial-again.flow"),
        &expect![[r#"
        tap 求助热线: → Lines, Count(VisitBegan)
        tap 线路 always 0000002: → Countdown
        tick: → Call, Dial(LineId("always")), CallVolume(5)
        Call { line: LineId("always"), stage: LineOpen(0ns), keypad: false, volume: 5, minutes_left: None, handset_down: false }
    "#]],
    );
}

#[test]
fn one_gentle_question_afterwards() {
    check(
        include_str!("felt.flow"),
        &expect![[r#"
        tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
        tap 静一静: → Relax, Count(DoorOpened(Relax))
        tap 练习 slow-breathing: → Player, Player(Start { practice: PracticeId("slow-breathing"), looped: false, volume: 5, lang: ZhCn, pace: Some(1), beds: [(BedId("rain"), 8)], end_bell: true }), Count(PracticeStarted(PracticeId("slow-breathing")))
        tap 返回: → Relax, Player(Stop)
        tap 练习 slow-breathing: → Player, Player(Start { practice: PracticeId("slow-breathing"), looped: false, volume: 5, lang: ZhCn, pace: Some(1), beds: [(BedId("rain"), 8)], end_bell: true })
        tap 返回: → Felt, Player(Stop)
        tap 好一些: → Relax, Count(Felt(Calmer))
        tap 练习 muscle-relaxation: → Player, Player(Start { practice: PracticeId("muscle-relaxation"), looped: false, volume: 5, lang: ZhCn, pace: None, beds: [], end_bell: true }), Count(PracticeStarted(PracticeId("muscle-relaxation")))
        tap 返回: → Relax, Player(Stop)
        tap 结束: → Attract, VisitEnded
        tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
        tap 静一静: → Relax, Count(DoorOpened(Relax))
        tap 练习 slow-breathing: → Player, Player(Start { practice: PracticeId("slow-breathing"), looped: false, volume: 5, lang: ZhCn, pace: Some(1), beds: [(BedId("rain"), 8)], end_bell: true }), Count(PracticeStarted(PracticeId("slow-breathing")))
        tap 暂停: Player(Pause)
        tap 播放: Player(Resume)
        tap 首页: → Felt, Player(Stop)
        tap 没有好: → FeltNot, Count(Felt(Not))
        tap 去找心理老师: → Counsellor
        tap 返回: → FeltNot
        tap 求助热线: → Lines
        tap 返回: → FeltNot
        tap 继续: → Home
        tap 结束: → Attract, VisitEnded
        tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
        tap 静一静: → Relax, Count(DoorOpened(Relax))
        tap 练习 slow-breathing: → Player, Player(Start { practice: PracticeId("slow-breathing"), looped: false, volume: 5, lang: ZhCn, pace: Some(1), beds: [(BedId("rain"), 8)], end_bell: true }), Count(PracticeStarted(PracticeId("slow-breathing")))
        tap 求助热线: → Lines, Player(Pause)
        tap 首页: → Home, Player(Stop)
        tap 静一静: → Relax
        tap 练习 slow-breathing: → Player, Player(Start { practice: PracticeId("slow-breathing"), looped: false, volume: 5, lang: ZhCn, pace: Some(1), beds: [(BedId("rain"), 8)], end_bell: true })
        tap 结束: → Attract, Player(Stop), VisitEnded
        Attract
    "#]],
    );
}

#[test]
fn the_question_is_no_measure_of_a_self_check() {
    check(
        include_str!("felt-after-check.flow"),
        &expect![[r#"
        tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
        tap 测一测: → Choose, Count(DoorOpened(SelfCheck))
        tap 感受 phq-a: → Intro
        tap 开始: → Item
        tap 首页: → Home
        tap 静一静: → Relax, Count(DoorOpened(Relax))
        tap 练习 slow-breathing: → Player, Player(Start { practice: PracticeId("slow-breathing"), looped: false, volume: 5, lang: ZhCn, pace: Some(1), beds: [(BedId("rain"), 8)], end_bell: true }), Count(PracticeStarted(PracticeId("slow-breathing")))
        tap 返回: → Felt, Player(Stop)
        tap 差不多: → Relax
        tap 结束: → Attract, VisitEnded
        tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
        tap 测一测: → Choose, Count(DoorOpened(SelfCheck))
        tap 感受 gad-7: → Intro
        tap 开始: → Item
        tap 选项 3: → Support, Count(CheckCompleted(InstrumentId("gad-7")))
        tap 先停在这里: → Home
        tap 静一静: → Relax, Count(DoorOpened(Relax))
        tap 练习 slow-breathing: → Player, Player(Start { practice: PracticeId("slow-breathing"), looped: false, volume: 5, lang: ZhCn, pace: Some(1), beds: [(BedId("rain"), 8)], end_bell: true }), Count(PracticeStarted(PracticeId("slow-breathing")))
        tap 返回: → Relax, Player(Stop)
        Relax
    "#]],
    );
}

#[test]
fn beds_are_mixed_for_the_visit() {
    check(
        include_str!("mixer.flow"),
        &expect![[r#"
        tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
        tap 静一静: → Relax, Count(DoorOpened(Relax))
        tap 练习 lakeside: → Player, Player(Start { practice: PracticeId("lakeside"), looped: true, volume: 5, lang: ZhCn, pace: None, beds: [], end_bell: false }), Count(PracticeStarted(PracticeId("lakeside")))
        tap 雨声大一点: Player(Bed { bed: BedId("rain"), level: 1 })
        tap 海浪大一点: Player(Bed { bed: BedId("sea"), level: 1 })
        tap 海浪大一点: Player(Bed { bed: BedId("sea"), level: 2 })
        tap 竹林风大一点: Player(Bed { bed: BedId("bamboo"), level: 1 })
        tap 小溪大一点: Player(Bed { bed: BedId("stream"), level: 1 })
        tap 竹林风小一点: Player(Bed { bed: BedId("bamboo"), level: 0 })
        tap 低低的沙沙声大一点: Player(Bed { bed: BedId("brown"), level: 1 })
        tap 雨声小一点: Player(Bed { bed: BedId("rain"), level: 0 })
        tap 返回: → Relax, Player(Stop)
        tap 练习 lakeside: → Player, Player(Start { practice: PracticeId("lakeside"), looped: true, volume: 5, lang: ZhCn, pace: None, beds: [(BedId("sea"), 2), (BedId("stream"), 1), (BedId("brown"), 1)], end_bell: false })
        tap 返回: → Relax, Player(Stop)
        tap 练习 slow-breathing: → Player, Player(Start { practice: PracticeId("slow-breathing"), looped: false, volume: 5, lang: ZhCn, pace: Some(1), beds: [(BedId("rain"), 8)], end_bell: true }), Count(PracticeStarted(PracticeId("slow-breathing")))
        tap 雨声小一点: Player(Bed { bed: BedId("rain"), level: 7 })
        tap 返回: → Relax, Player(Stop)
        tap 练习 slow-breathing: → Player, Player(Start { practice: PracticeId("slow-breathing"), looped: false, volume: 5, lang: ZhCn, pace: Some(1), beds: [(BedId("rain"), 7)], end_bell: true })
        tap 声音小一点: Player(Volume(4))
        tap 返回: → Relax, Player(Stop)
        tap 练习 lakeside: → Player, Player(Start { practice: PracticeId("lakeside"), looped: true, volume: 4, lang: ZhCn, pace: None, beds: [(BedId("sea"), 2), (BedId("stream"), 1), (BedId("brown"), 1)], end_bell: false })
        tap 结束: → Attract, Player(Stop), VisitEnded
        tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
        tap 静一静: → Relax, Count(DoorOpened(Relax))
        tap 练习 lakeside: → Player, Player(Start { practice: PracticeId("lakeside"), looped: true, volume: 5, lang: ZhCn, pace: None, beds: [], end_bell: false }), Count(PracticeStarted(PracticeId("lakeside")))
        Player { practice: PracticeId("lakeside"), playing: true, ended: false, volume: 5, timer_min: Some(10), pace: None, beds: [(BedId("rain"), 0), (BedId("sea"), 0), (BedId("bamboo"), 0), (BedId("stream"), 0), (BedId("brown"), 0)], end_bell: false }
    "#]],
    );
}

#[test]
fn breathing_has_paces_and_an_end_its_bell() {
    check(
        include_str!("pace.flow"),
        &expect![[r#"
        tap 轻触屏幕，歇一会儿: → Home, Count(VisitBegan)
        tap 静一静: → Relax, Count(DoorOpened(Relax))
        tap 练习 slow-breathing: → Player, Player(Start { practice: PracticeId("slow-breathing"), looped: false, volume: 5, lang: ZhCn, pace: Some(1), beds: [(BedId("rain"), 8)], end_bell: true }), Count(PracticeStarted(PracticeId("slow-breathing")))
        tap 慢一点: Player(Pace(2))
        tap 快一点: Player(Pace(1))
        tap 快一点: Player(Pace(0))
        tap 不要钟声: Player(EndBell(false))
        tap 要钟声: Player(EndBell(true))
        tap 返回: → Relax, Player(Stop)
        tap 练习 muscle-relaxation: → Player, Player(Start { practice: PracticeId("muscle-relaxation"), looped: false, volume: 5, lang: ZhCn, pace: None, beds: [], end_bell: true }), Count(PracticeStarted(PracticeId("muscle-relaxation")))
        tap 返回: → Relax, Player(Stop)
        tap 练习 lakeside: → Player, Player(Start { practice: PracticeId("lakeside"), looped: true, volume: 5, lang: ZhCn, pace: None, beds: [], end_bell: false }), Count(PracticeStarted(PracticeId("lakeside")))
        tap 要钟声: Player(EndBell(true))
        tick: Player(Finish { bell: true })
        faded: → Felt, Count(PracticeFinished(PracticeId("lakeside")))
        Felt { practice: PracticeId("lakeside") }
    "#]],
    );
}
