import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// A count on a logarithmic scale, or typed. `mark` is a place on the scale worth
// knowing; 0 for none.
ColumnLayout {
    id: root

    required property string label
    required property int from
    required property int to
    required property int value
    property int mark: 0
    property string markText

    // By hand sixteen steps an octave are fine enough, and give round numbers.
    readonly property int octaveSteps: 16

    signal moved(int value)

    function positionOf(count: real): real {
        return Math.log(Math.max(count, from) / from) / Math.log(Math.max(to / from, 1.001));
    }

    function countAt(position: real): int {
        const exact = from * Math.pow(to / from, position);
        const step = Math.max(1, Math.pow(2, Math.floor(Math.log2(exact))) / octaveSteps);
        return Math.max(from, Math.min(to, Math.round(exact / step) * step));
    }

    spacing: 2

    RowLayout {
        spacing: Theme.gap

        FieldLabel {
            Layout.fillWidth: true
            text: root.label
            Accessible.ignored: true
        }

        TextField {
            id: entry

            objectName: root.objectName + "Entry"
            implicitWidth: 110
            implicitHeight: 32
            text: root.value
            horizontalAlignment: Text.AlignRight
            inputMethodHints: Qt.ImhDigitsOnly
            selectByMouse: true
            Accessible.name: root.label
            validator: RegularExpressionValidator {
                regularExpression: /[0-9]{1,10}/
            }
            onEditingFinished: {
                root.moved(Math.max(root.from, Math.min(root.to, Number(text))));
                text = Qt.binding(() => root.value);
            }

            background: FieldFrame {
                focused: entry.activeFocus
            }
        }
    }

    CountSlider {
        id: slider

        objectName: root.objectName + "Slider"
        Layout.fillWidth: true
        value: root.positionOf(root.value)
        stepSize: 1 / Math.max(1, octaveSteps * Math.log2(root.to / root.from))
        Accessible.name: root.label
        Accessible.description: root.markText
        onMoved: root.moved(root.countAt(value))

        readonly property int octaveSteps: root.octaveSteps

        Rectangle {
            objectName: root.objectName + "Mark"
            readonly property real place: root.positionOf(Math.min(root.mark, root.to))

            visible: root.mark > 0
            x: slider.leftPadding + slider.handle.width / 2 + (slider.mirrored ? 1 - place : place) * (slider.availableWidth - slider.handle.width) - width / 2
            y: slider.height / 2 - height / 2
            z: -1
            width: 3
            height: 24
            color: Theme.good
        }
    }

    RowLayout {
        visible: root.markText !== ""
        spacing: 6

        Rectangle {
            visible: root.mark > 0
            implicitWidth: 3
            implicitHeight: 14
            color: Theme.good
        }

        FieldLabel {
            Layout.fillWidth: true
            text: root.markText
            Accessible.ignored: true
        }
    }
}
