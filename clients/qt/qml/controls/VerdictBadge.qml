import QtQuick
import QtQuick.Controls.Basic
import HwLedger

// Whether it fits, said by a symbol, a word and a colour.
Label {
    id: badge

    required property int verdict

    readonly property string symbol: verdict === PlannerModel.Fits ? "✓" : verdict === PlannerModel.Tight ? "!" : verdict === PlannerModel.DoesNotFit ? "✕" : "?"
    readonly property string word: verdict === PlannerModel.Fits ? qsTr("Fits") : verdict === PlannerModel.Tight ? qsTr("Tight") : verdict === PlannerModel.DoesNotFit ? qsTr("Does not fit") : qsTr("Unknown")

    text: qsTr("%1 %2").arg(symbol).arg(word)
    color: Theme.base
    font.weight: Font.DemiBold
    padding: 4
    leftPadding: 10
    rightPadding: 10
    Accessible.role: Accessible.StaticText
    Accessible.name: word

    background: Rectangle {
        radius: height / 2
        color: badge.verdict === PlannerModel.Fits ? Theme.good : badge.verdict === PlannerModel.Tight ? Theme.caution : badge.verdict === PlannerModel.DoesNotFit ? Theme.bad : Theme.muted
    }
}
