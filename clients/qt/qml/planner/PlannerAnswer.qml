import QtQuick
import QtQuick.Layouts
import HwLedger

// What the planner answers.
ColumnLayout {
    id: answer

    required property PlannerModel planner

    spacing: Theme.margin

    FailureText {
        Layout.fillWidth: true
        failure: answer.planner.failure
    }

    Panel {
        Layout.fillWidth: true
        visible: !answer.planner.hasPrediction && !answer.planner.failure.isSet

        EmptyText {
            objectName: "plannerEmpty"
            anchors.fill: parent
            text: answer.planner.busy ? qsTr("Planning…") : qsTr("Choose a model, or drop a .gguf file on the window, to see what memory it needs.")
        }
    }

    PlanSummary {
        Layout.fillWidth: true
        visible: answer.planner.hasPrediction
        planner: answer.planner
    }

    Panel {
        Layout.fillWidth: true
        visible: answer.planner.hasPrediction

        ColumnLayout {
            anchors.fill: parent
            spacing: Theme.margin

            Repeater {
                model: answer.planner.shares

                DeviceShare {
                    Layout.fillWidth: true
                }
            }
        }
    }

    Panel {
        Layout.fillWidth: true
        visible: answer.planner.hasPrediction

        ColumnLayout {
            anchors.fill: parent
            spacing: Theme.gap

            SectionTitle {
                text: qsTr("Memory by layer")
            }

            LayerHeatMap {
                objectName: "layerHeatMap"
                Layout.fillWidth: true
                layers: answer.planner.layers
            }
        }
    }

    LaunchLines {
        Layout.fillWidth: true
        visible: answer.planner.hasPrediction && answer.planner.launchLine !== ""
        planner: answer.planner
    }
}
