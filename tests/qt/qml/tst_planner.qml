import QtQuick
import QtTest
import HwLedger

WindowTest {
    name: "Planner"

    function plan() {
        pick("plannerModel", "llama-3.1");
        tryVerify(() => session.planner.hasPrediction && !session.planner.busy);
        tryVerify(() => find("totalLabel") !== null);
    }

    function cleanup() {
        session.planner.batchSize = 1;
        session.planner.device = "";
        session.planner.kvCacheType = "";
        session.planner.quantization = "";
        session.planner.sequenceLength = 8192;
    }

    function test_findsAModel() {
        plan();

        compare(session.planner.modelId, "llama-3.1-8b");
        compare(find("plannerModelField").text, "llama-3.1-8b");
        verify(find("modelText").text.includes("32 layer"));
        check();
    }

    function test_sliderChangesTheTotal() {
        plan();
        const before = find("totalLabel").text;
        const slider = find("sequenceLengthSlider");

        mouseDrag(slider, slider.width / 2, slider.height / 2, slider.width / 2, 0);

        tryVerify(() => find("totalLabel").text !== before);
        verify(session.planner.sequenceLength > 8192);
        compare(find("sequenceLengthEntry").text, String(session.planner.sequenceLength));
    }

    function test_arrowKeysMoveTheSlider() {
        plan();
        find("sequenceLengthSlider").forceActiveFocus();

        for (let i = 0; i < 16; ++i)
            keyClick(Qt.Key_Right);

        // Sixteen steps are an octave.
        compare(session.planner.sequenceLength, 16384);
    }

    function test_takesWhatIsTyped() {
        plan();

        type("sequenceLengthEntry", "131072");
        keyClick(Qt.Key_Return);

        tryCompare(session.planner, "kvCacheText", "16.0 GiB");
        tryVerify(() => find("verdictBadge").text.includes("Does not fit"));
        verify(find("roomText").text.includes("that are free"));
        check();
    }

    function test_showsTheLayers() {
        plan();

        verify(find("layerHeatMap"));
        tryVerify(() => find("deviceBar") !== null);
    }

    function test_sharesAmongDevices() {
        plan();

        session.planner.device = "rtx-4090";

        tryVerify(() => everyVisible("deviceBar").length === 2);
        check();
    }

    function test_showsWhatIsRefused() {
        plan();
        stage.refuseNext("WatchVram", "batch_size", "must be from 0 to 256; got 300");

        session.planner.sequenceLength = 4096;

        tryVerify(() => everyVisible("failureText").length > 0);
        check();

        session.planner.sequenceLength = 8192;

        tryVerify(() => everyVisible("failureText").length === 0);
    }

    function test_offersTheLaunchLine() {
        plan();

        verify(find("launchLine"));
        verify(session.planner.launchLine.startsWith("llama-server"));
    }
}
