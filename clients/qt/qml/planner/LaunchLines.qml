import QtQuick
import QtQuick.Layouts
import HwLedger

// The same configuration for other programs.
Panel {
    id: lines

    required property PlannerModel planner

    ColumnLayout {
        anchors.fill: parent
        spacing: Theme.gap

        SectionTitle {
            text: qsTr("Start it with llama.cpp")
        }

        CommandLine {
            objectName: "launchLine"
            Layout.fillWidth: true
            name: qsTr("Command line for llama.cpp")
            content: lines.planner.launchLine
        }

        SectionTitle {
            visible: lines.planner.vllmLine !== ""
            text: qsTr("Start it with vLLM")
        }

        CommandLine {
            objectName: "vllmLine"
            Layout.fillWidth: true
            visible: content !== ""
            name: qsTr("Command line for vLLM")
            content: lines.planner.vllmLine
        }
    }
}
