import QtQuick
import QtTest
import HwLedger

WindowTest {
    name: "Library"

    function openPage() {
        goTo("Library");
        tryCompare(find("libraryList"), "count", 4);
    }

    function cleanup() {
        session.library.search = "";
        session.library.catalogue = false;
    }

    function test_loadsPinsAndUnloads() {
        openPage();
        session.library.search = "demo";
        tryCompare(find("libraryList"), "count", 1);

        click("loadButton");

        tryVerify(() => find("cancelLoadButton") !== null);
        check();
        tryVerify(() => find("unloadButton") !== null, 10000);
        verify(find("libraryState").text.startsWith("✓"));
        check();

        click("pinSwitch");
        tryVerify(() => find("pinSwitch")?.parent.isPinned ?? false);

        click("unloadButton");
        tryVerify(() => find("loadButton") !== null, 10000);
        tryCompare(session.library, "loadedCount", 0);
    }

    function test_findsWhatIsTyped() {
        openPage();

        type("librarySearch", "qwen");

        tryCompare(find("libraryList"), "count", 1);
    }

    function test_showsTheCatalogueToo() {
        openPage();

        click("catalogueSwitch");

        tryCompare(find("libraryList"), "count", 6);
        check();
    }

    function test_showsAFailureAtItsModel() {
        openPage();
        session.library.search = "demo";
        tryCompare(find("libraryList"), "count", 1);
        stage.refuseNext("LoadModel", "options.sequence_length", "must be positive; got 0");

        click("loadButton");

        tryVerify(() => everyVisible("failureText").length === 1);
        check();
    }
}
