import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// A model: where it lies, and what it takes in memory if it is loaded.
Panel {
    id: entry

    required property int index
    required property string modelId
    required property string sourceText
    required property string path
    required property bool isRunnable
    required property string detailText
    required property string sizeText
    required property string stateText
    required property bool isLoading
    required property bool isReady
    required property real progress
    required property string memoryText
    required property string predictedText
    required property bool isPinned
    required property string requestsText
    required property string problem
    required property var failure
    required property LibraryModel library

    readonly property bool activeFocused: actions.holdsFocus

    padding: 12
    Accessible.role: Accessible.ListItem
    Accessible.name: modelId
    Accessible.description: [stateText, detailText, sizeText, sourceText, problem].filter(part => part !== "").join(", ")

    ColumnLayout {
        anchors.fill: parent
        spacing: 6

        RowLayout {
            Layout.fillWidth: true
            spacing: Theme.gap

            ColumnLayout {
                spacing: 2

                ElidedText {
                    Layout.fillWidth: true
                    text: entry.modelId
                    elide: Text.ElideMiddle
                    font.weight: Font.DemiBold
                }

                ElidedText {
                    Layout.fillWidth: true
                    text: [entry.sizeText, entry.detailText, entry.sourceText].filter(part => part !== "").join(" · ")
                    toolTip: entry.path
                    color: Theme.muted
                }
            }

            LibraryActions {
                id: actions

                modelId: entry.modelId
                isLoading: entry.isLoading
                isReady: entry.isReady
                stateText: entry.stateText
                isPinned: entry.isPinned
                loadable: entry.isRunnable
                library: entry.library
            }
        }

        RowLayout {
            Layout.fillWidth: true
            visible: entry.isLoading || entry.isReady
            spacing: Theme.gap

            Label {
                objectName: "libraryState"
                text: entry.isReady ? qsTr("✓ %1").arg(entry.stateText) : entry.stateText
                color: entry.isReady ? Theme.good : Theme.text
            }

            ProgressBar {
                palette.dark: Theme.accent
                Layout.fillWidth: true
                visible: entry.isLoading
                value: entry.progress
                Accessible.name: entry.stateText
            }

            ElidedText {
                Layout.fillWidth: true
                visible: entry.isReady
                text: [entry.memoryText === "" ? "" : qsTr("measured %1").arg(entry.memoryText), entry.predictedText === "" ? "" : qsTr("predicted %1").arg(entry.predictedText), entry.requestsText].filter(part => part !== "").join(" · ")
                color: Theme.muted
            }
        }

        Label {
            Layout.fillWidth: true
            visible: entry.problem !== ""
            text: qsTr("⚠ %1").arg(entry.problem)
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            color: Theme.caution
        }

        FailureText {
            Layout.fillWidth: true
            failure: entry.failure
        }
    }
}
