import QtQuick
import QtTest
import HwLedger

WindowTest {
    name: "Settings"

    function fill(name: string, address: string) {
        type("daemonNameField", name);
        type("daemonAddressField", address);
        click("saveDaemonButton");
    }

    function cleanup() {
        while (session.settings.count > 1)
            session.settings.remove(1);
        session.settings.theme = "system";
    }

    function test_addsADaemon() {
        goTo("Settings");

        fill("Other", "localhost:1");

        tryCompare(session.settings, "count", 2);
        verify(!find("daemonProblem"));
        compare(everyVisible("selectDaemon").length, 2);
        check();
    }

    function test_saysWhatIsWrong() {
        goTo("Settings");

        fill("Other", "nowhere");

        tryVerify(() => find("daemonProblem") !== null);
        verify(find("daemonProblem").text.includes("nowhere"));
        compare(session.settings.count, 1);
        check();
    }

    function test_switches() {
        goTo("Settings");
        fill("Other", stage.address);
        tryCompare(session.settings, "count", 2);

        mouseClick(everyVisible("selectDaemon")[1]);

        compare(session.settings.current, 1);
        tryVerify(() => session.daemon.state === Daemon.Connected);
        tryVerify(() => find("connectionText").text.startsWith("Other"));
    }

    function test_removesADaemon() {
        goTo("Settings");
        fill("Other", "localhost:1");
        tryCompare(session.settings, "count", 2);

        const buttons = everyVisible("removeDaemon");
        mouseClick(buttons[buttons.length - 1]);

        compare(session.settings.count, 1);
    }

    function test_changesTheColours() {
        goTo("Settings");
        click("themeBox");
        keyClick(Qt.Key_Down);

        keyClick(Qt.Key_Return);

        tryCompare(session.settings, "theme", "light");
    }
}
