import QtQuick
import QtTest
import HwLedger

WindowTest {
    name: "Devices"

    function test_showsEachDeviceLive() {
        goTo("Devices");

        tryVerify(() => everyVisible("deviceCard").length === 1);
        verify(find("freeChart"));
        verify(find("utilizationChart"));
        tryVerify(() => find("deviceCard").utilizationHistory.length >= 2, 10000);
        check();
    }
}
