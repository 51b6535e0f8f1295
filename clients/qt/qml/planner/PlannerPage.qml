import QtQuick
import QtQuick.Layouts
import HwLedger

PageScroll {
    id: page

    required property Session session

    objectName: "plannerPage"

    GridLayout {
        id: columns

        readonly property bool beside: width >= 660

        width: parent.width
        columns: beside ? 2 : 1
        columnSpacing: Theme.margin
        rowSpacing: Theme.margin

        PlannerForm {
            Layout.alignment: Qt.AlignTop
            Layout.fillWidth: !columns.beside
            Layout.preferredWidth: columns.beside ? Math.max(280, Math.min(380, 0.36 * columns.width)) : -1
            planner: page.session.planner
        }

        PlannerAnswer {
            Layout.alignment: Qt.AlignTop
            Layout.fillWidth: true
            planner: page.session.planner
        }
    }
}
