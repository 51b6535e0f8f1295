import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

ColumnLayout {
    id: options

    required property RunModel run

    spacing: Theme.gap

    SectionTitle {
        text: qsTr("Options")
    }

    Toggle {
        objectName: "chatSwitch"
        text: qsTr("Conversation")
        checked: options.run.chat
        onToggled: options.run.chat = checked
        ToolTip.visible: hovered
        ToolTip.delay: 500
        ToolTip.text: qsTr("Off: the model goes on with the text as it is")
    }

    FieldLabel {
        visible: options.run.chat
        text: qsTr("What the model is told first")
    }

    TextArea {
        id: systemPrompt

        objectName: "systemPromptField"
        Layout.fillWidth: true
        visible: options.run.chat
        text: options.run.systemPrompt
        wrapMode: TextArea.Wrap
        KeyNavigation.priority: KeyNavigation.BeforeItem
        KeyNavigation.tab: temperatureSwitch
        Accessible.name: qsTr("What the model is told first")
        onEditingFinished: options.run.systemPrompt = text

        background: FieldFrame {
            implicitHeight: 64
            focused: systemPrompt.activeFocus
        }
    }

    Toggle {
        id: temperatureSwitch

        objectName: "temperatureSwitch"
        text: qsTr("The model's own temperature")
        checked: options.run.temperature < 0
        onToggled: options.run.temperature = checked ? -1 : 0.7
    }

    RowLayout {
        visible: options.run.temperature >= 0
        spacing: Theme.gap

        CountSlider {
            objectName: "temperatureSlider"
            Layout.fillWidth: true
            to: 2
            stepSize: 0.05
            value: options.run.temperature
            Accessible.name: qsTr("Temperature")
            onMoved: options.run.temperature = value
        }

        Label {
            text: Number(options.run.temperature).toLocaleString(Qt.locale(), "f", 2)
        }
    }

    RowLayout {
        spacing: Theme.gap

        FieldLabel {
            Layout.fillWidth: true
            text: qsTr("At most tokens (0: no limit)")
            Accessible.ignored: true
        }

        TextField {
            id: maxTokens

            objectName: "maxTokensField"
            Layout.preferredWidth: 76
            implicitHeight: 32
            text: options.run.maxTokens
            horizontalAlignment: Text.AlignRight
            inputMethodHints: Qt.ImhDigitsOnly
            selectByMouse: true
            Accessible.name: qsTr("At most tokens (0: no limit)")
            validator: RegularExpressionValidator {
                regularExpression: /[0-9]{1,7}/
            }
            onEditingFinished: options.run.maxTokens = Number(text)

            background: FieldFrame {
                focused: maxTokens.activeFocus
            }
        }
    }
}
