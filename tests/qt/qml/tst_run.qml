import QtQuick
import QtTest
import HwLedger

WindowTest {
    name: "Run"

    function openPage() {
        goTo("Run");
        pick("runModel", "demo");
        compare(session.run.modelId, "demo");
    }

    function send(text: string) {
        type("promptField", text);
        keyClick(Qt.Key_Return);
    }

    function shownText(): string {
        const texts = [];
        const visit = item => {
            if (item.visible && item.text !== undefined)
                texts.push(String(item.text));
            for (const child of item.children)
                visit(child);
        };
        for (const turn of everyVisible("turnText"))
            visit(turn);
        return texts.join("\n");
    }

    function cleanup() {
        session.run.cancel();
        session.run.newConversation();
    }

    function test_sendsAndShowsTheAnswer() {
        stage.write(0, 0);
        openPage();

        send("What is a KV cache?");

        tryVerify(() => session.run.turns.count === 2 && session.run.state === RunModel.Idle, 10000);
        compare(find("promptField").text, "");
        tryVerify(() => shownText().includes("sliding window"));
        tryVerify(() => everyVisible("turnFigures").length === 1);
        verify(find("turnFigures").text.includes("tokens/s"));
        check();
    }

    function test_buttonSends() {
        stage.write(0, 0);
        openPage();
        verify(!find("sendButton").enabled);
        type("promptField", "Hi");

        click("sendButton");

        tryCompare(session.run.turns, "count", 2);
    }

    function test_shiftEnterBeginsALine() {
        openPage();
        type("promptField", "a");

        keyClick(Qt.Key_Return, Qt.ShiftModifier);

        compare(find("promptField").text, "a\n");
        compare(session.run.turns.count, 0);
        find("promptField").clear();
    }

    function test_cancelKeepsWhatCame() {
        stage.write(100, 100000);
        openPage();
        send("Go on.");
        tryVerify(() => session.run.state === RunModel.Writing, 10000);
        check();

        click("cancelButton");

        compare(session.run.state, RunModel.Idle);
        tryVerify(() => find("cancelButton") === null);
        verify(find("turnFigures").text.includes("cancelled"));
    }

    function test_staysAtTheEndWhileTextArrives() {
        stage.write(2000, 4000);
        openPage();

        send("Go on.");

        tryVerify(() => session.run.state === RunModel.Writing, 10000);
        const list = find("turnList");
        tryVerify(() => list.contentHeight > 2 * list.height, 10000);
        tryVerify(() => list.atYEnd);
        tryCompare(session.run, "state", RunModel.Idle, 20000);
        tryVerify(() => list.atYEnd);
    }

    function test_showsWhatIsRefused() {
        openPage();
        stage.refuseNext("RunInference", "max_tokens", "must be positive; got 0");

        send("Hi");

        tryVerify(() => everyVisible("failureText").length === 1, 10000);
        check();
    }

    function test_newConversationIsEmpty() {
        stage.write(0, 0);
        openPage();
        send("Hi");
        tryVerify(() => session.run.turns.count === 2 && session.run.state === RunModel.Idle, 10000);

        click("newConversationButton");

        compare(session.run.turns.count, 0);
        compare(session.run.conversations.count > 0, true);
        tryVerify(() => find("runEmpty") !== null);
    }

    function test_detailsCanBeHidden() {
        openPage();
        verify(find("chatSwitch"));
        check();
        window.width = 1280;
        tryVerify(() => find("chatSwitch") !== null);

        click("sideButton");

        tryVerify(() => find("chatSwitch") === null);
    }
}
