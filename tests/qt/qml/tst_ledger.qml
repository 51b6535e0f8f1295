import QtQuick
import QtTest
import HwLedger

WindowTest {
    name: "Ledger"

    function openPage() {
        goTo("Ledger");
        session.ledger.refresh();
        tryVerify(() => !session.ledger.busy);
    }

    function cleanup() {
        session.ledger.search = "";
        stage.setPageSize(1000);
    }

    function test_hasARowForEachLoad() {
        openPage();

        tryCompare(find("ledgerTable"), "count", 14);
        check();
    }

    function test_findsWhatIsTyped() {
        openPage();

        type("ledgerSearch", "demo");

        tryCompare(find("ledgerTable"), "count", 2);
    }

    function test_fetchesMoreAtTheEnd() {
        stage.setPageSize(10);
        window.height = 480;
        openPage();
        const table = find("ledgerTable");
        tryVerify(() => table.count >= 10);

        table.positionViewAtEnd();

        tryCompare(table, "count", 14);
    }

    function test_showsHowAccuratePredictionsWere() {
        openPage();
        const tabs = find("ledgerTabs");

        mouseClick(tabs.itemAt(1));

        tryVerify(() => find("scatterChart") !== null);
        tryCompare(session.ledger.accuracy, "count", 8);
        check();
    }

    function test_showsWhatFails() {
        stage.refuseNext("ListEntries", "page_token", "is not one of this list");

        openPage();

        tryVerify(() => everyVisible("failureText").length === 1);
        click("ledgerRefresh");
        tryVerify(() => everyVisible("failureText").length === 0);
    }
}
