import QtQuick
import QtTest
import HwLedger

WindowTest {
    name: "Window"

    function cleanup() {
        stage.startAgain();
        session.settings.theme = "system";
    }

    function test_everyPageFits_data() {
        return ["Planner", "Run", "Library", "Devices", "Ledger", "Settings"].map(page => ({
                    "tag": page
                }));
    }

    function test_everyPageFits(row) {
        goTo(row.tag);

        check();
    }

    function test_keysLeadToThePages() {
        keyClick(Qt.Key_4, Qt.ControlModifier);

        compare(find("pageTitle").text, "Devices");
    }

    function test_tabReachesWhatThePageHas() {
        const reached = new Set();
        for (let i = 0; i < 60; ++i) {
            keyClick(Qt.Key_Tab);
            for (let item = window.activeFocusItem; item; item = item.parent)
                reached.add(item.objectName);
        }

        for (const name of ["navRun", "plannerModelField", "sequenceLengthSlider", "sequenceLengthEntry", "batchSizeSlider", "quantizationBox", "kvCacheTypeBox", "deviceBox"])
            verify(reached.has(name), name);
    }

    function test_saysThatTheDaemonIsGone() {
        verify(!find("connectionBanner"));

        stage.stop();

        tryVerify(() => find("connectionBanner") !== null);
        compare(find("connectionProblem").text, "No daemon answers at " + stage.address + ".");
        verify(find("retryButton"));
        check();

        stage.startAgain();

        tryVerify(() => find("connectionBanner") === null, 10000);
    }

    function test_looksAsChosen_data() {
        return [
            {
                "tag": "light"
            },
            {
                "tag": "dark"
            }
        ];
    }

    function test_looksAsChosen(row) {
        session.settings.theme = row.tag;
        waitForRendering(window.contentItem);

        const light = window.palette.window.hslLightness;
        const ink = window.palette.windowText.hslLightness;
        compare(row.tag === "light", light > ink);
    }

    function test_mirrorsForThoseWhoReadFromTheRight() {
        window.LayoutMirroring.enabled = true;
        waitForRendering(window.contentItem);

        verify(find("navRun").mapToItem(null, 0, 0).x > window.width / 2);
        compare(stage.whatSticksOut(window), []);
    }
}
