import QtQuick
import QtQuick.Layouts
import HwLedger

Item {
    id: page

    required property Session session

    objectName: "runPage"

    RowLayout {
        anchors.fill: parent
        anchors.margins: Theme.margin
        spacing: Theme.margin

        ColumnLayout {
            spacing: Theme.gap

            RowLayout {
                spacing: Theme.gap

                ModelChooser {
                    objectName: "runModel"
                    Layout.fillWidth: true
                    label: ""
                    choices: page.session.run.choices
                    modelId: page.session.run.modelId
                    onPicked: name => page.session.run.modelId = name
                }

                ActionButton {
                    objectName: "newConversationButton"
                    implicitHeight: 36
                    text: qsTr("New")
                    Accessible.name: qsTr("New conversation")
                    onClicked: page.session.run.newConversation()
                }

                ActionButton {
                    id: sideButton

                    objectName: "sideButton"
                    implicitHeight: 36
                    checkable: true
                    checked: page.width >= 900
                    text: qsTr("Details")
                }
            }

            TurnList {
                Layout.fillWidth: true
                Layout.fillHeight: true
                run: page.session.run
            }

            RunProgress {
                Layout.fillWidth: true
                run: page.session.run
            }

            PromptBox {
                Layout.fillWidth: true
                run: page.session.run
            }
        }

        RunSide {
            Layout.fillHeight: true
            Layout.preferredWidth: 292
            visible: sideButton.checked
            run: page.session.run
        }
    }
}
