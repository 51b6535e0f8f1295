#pragma once

#include <QAbstractListModel>
#include <QByteArray>
#include <QQmlEngine>
#include <algorithm>
#include <utility>
#include <vector>

namespace hwledger {

// Rows that QML shows.
class RowModel : public QAbstractListModel {
  Q_OBJECT
  QML_ANONYMOUS
  Q_PROPERTY(int count READ count NOTIFY countChanged)

 public:
  using QAbstractListModel::QAbstractListModel;
  int count() const { return rowCount({}); }

 signals:
  void countChanged();
};

// Rows of one type, with what QML sees of each.
template <typename Row>
class Rows : public RowModel {
 public:
  struct Role {
    QByteArray name;
    QVariant (*value)(const Row& row);
  };

  Rows(std::vector<Role> roles, QObject* parent)
      : RowModel(parent), m_roles(std::move(roles)) {}

  int rowCount(const QModelIndex& parent) const override {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
  }

  QVariant data(const QModelIndex& index, int role) const override {
    const auto place = static_cast<size_t>(role - Qt::UserRole);
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) ||
        role < Qt::UserRole || place >= m_roles.size()) {
      return QVariant();
    }
    return m_roles[place].value(m_rows[static_cast<size_t>(index.row())]);
  }

  QHash<int, QByteArray> roleNames() const override {
    QHash<int, QByteArray> names;
    for (size_t i = 0; i < m_roles.size(); ++i) {
      names[Qt::UserRole + static_cast<int>(i)] = m_roles[i].name;
    }
    return names;
  }

 protected:
  const std::vector<Row>& rows() const { return m_rows; }

  // What stays where it was keeps its place on the screen.
  void setRows(std::vector<Row> rows) {
    const int before = count();
    const int after = static_cast<int>(rows.size());
    if (after < before) {
      beginRemoveRows({}, after, before - 1);
      m_rows.resize(rows.size());
      endRemoveRows();
    }
    const int kept = std::min(before, after);
    std::move(rows.begin(), rows.begin() + kept, m_rows.begin());
    if (kept > 0) emit dataChanged(index(0), index(kept - 1));
    if (after > before) {
      beginInsertRows({}, before, after - 1);
      std::move(rows.begin() + kept, rows.end(), std::back_inserter(m_rows));
      endInsertRows();
    }
    if (after != before) emit countChanged();
  }

  void append(Row row) {
    beginInsertRows({}, count(), count());
    m_rows.push_back(std::move(row));
    endInsertRows();
    emit countChanged();
  }

  template <typename Change>
  void change(int row, Change change) {
    change(m_rows[static_cast<size_t>(row)]);
    emit dataChanged(index(row), index(row));
  }

 private:
  const std::vector<Role> m_roles;
  std::vector<Row> m_rows;
};

}  // namespace hwledger
