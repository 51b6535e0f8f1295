#include "core/constraint/grammar_match.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace hwledger {
namespace {

using Kind = Grammar::State::Kind;

// Node 0: after the root there is nothing.
constexpr int32_t kNothing = 0;

// JSON has tens.
constexpr size_t kPlacesMax = 1 << 12;
// Between one token and the next: some tenths of a second. JSON takes a tenth
// of it to try each of 100,000 tokens.
constexpr size_t kWorkMax = 1 << 25;
// Up to here looking through all is faster than a table.
constexpr size_t kUnindexedMax = 32;
// A text that is nested as deep as this is no answer.
constexpr size_t kNodesMax = 1 << 20;

// Longer forms of smaller characters are ill-formed. By bytes.
constexpr std::array<char32_t, 5> kLeastOfSize = {0, 0, 0x80, 0x800, 0x10000};

enum class Reading { kInvalid, kPartial, kWhole };

bool IsWellFormed(const PartialCharacter& partial) {
  const CharacterRange range = partial.range();
  return range.first <= range.last && CharacterSet::Any().ContainsAnyOf(range);
}

Reading Read(char byte, PartialCharacter& partial) {
  const auto bits = static_cast<unsigned char>(byte);
  if (partial.missing > 0) {
    if ((bits & 0xC0) != 0x80) return Reading::kInvalid;
    partial.value = partial.value << 6 | (bits & 0x3F);
    --partial.missing;
  } else if (bits < 0x80) {
    partial = {.value = bits, .size = 1, .missing = 0};
    return Reading::kWhole;
  } else {
    const int32_t size = bits >= 0xF0 ? 4 : bits >= 0xE0 ? 3 : 2;
    if (bits < 0xC2 || bits > 0xF4) return Reading::kInvalid;
    partial = {.value = static_cast<char32_t>(bits & (0x7F >> size)),
               .size = size,
               .missing = size - 1};
  }
  if (!IsWellFormed(partial)) return Reading::kInvalid;
  return partial.missing > 0 ? Reading::kPartial : Reading::kWhole;
}

int64_t KeyOf(GrammarMatch::Front::Place place) {
  return int64_t{place.state} << 32 | place.after;
}

}  // namespace

CharacterRange PartialCharacter::range() const {
  const int shift = 6 * missing;
  const char32_t first = value << shift;
  return {.first = std::max(first, kLeastOfSize[static_cast<size_t>(size)]),
          .last = first + (char32_t{1} << shift) - 1};
}

GrammarMatch::GrammarMatch(std::shared_ptr<const Grammar> grammar)
    : grammar_(std::move(grammar)), nodes_(1), newest_node_(1) {
  Visit({.state = grammar_->start, .after = kNothing});
  Close(front_);
}

bool GrammarMatch::Accept(std::string_view bytes) {
  work_ = 0;
  for (const char byte : bytes) {
    Front next;
    if (!Advance(front_, byte, next)) return false;
    front_ = std::move(next);
  }
  if (nodes_.size() > 2 * kept_nodes_ + 256) DropUnreachable();
  return true;
}

bool GrammarMatch::Allows(std::string_view bytes) {
  const Mark before = mark();
  Front front = front_;
  const bool allowed = std::ranges::all_of(bytes, [&](char byte) {
    Front next;
    if (!Advance(front, byte, next)) return false;
    front = std::move(next);
    return true;
  });
  Rewind(before);
  return allowed;
}

void GrammarMatch::Rewind(Mark mark) {
  nodes_.resize(mark.nodes);
  edges_.resize(mark.edges);
}

bool GrammarMatch::Advance(const Front& from, char byte, Front& to) {
  to.places.clear();
  to.complete = false;
  to.partial = from.partial;
  const Reading reading = Read(byte, to.partial);
  if (reading == Reading::kInvalid) return false;
  if (!Work(from.places.size())) return false;
  const CharacterRange read = to.partial.range();
  newest_node_ = nodes_.size();
  newest_edge_ = edges_.size();
  for (const Place place : from.places) {
    const Grammar::State& state =
        grammar_->states[static_cast<size_t>(place.state)];
    const auto what = static_cast<char32_t>(state.what);
    const bool follows =
        state.kind == Kind::kCharacter
            ? read.first <= what && what <= read.last
            : grammar_->sets[static_cast<size_t>(state.what)].ContainsAnyOf(
                  read);
    if (!follows) continue;
    if (reading == Reading::kPartial) {
      to.places.push_back(place);
    } else {
      Visit({.state = state.next, .after = place.after});
    }
  }
  if (reading == Reading::kWhole) {
    to.partial = {};
    Close(to);
  }
  return !to.places.empty() || to.complete;
}

bool GrammarMatch::Work(size_t steps) {
  work_ += steps;
  if (work_ > kWorkMax) overflowed_ = true;
  return !overflowed_;
}

void GrammarMatch::Visit(Place place) {
  if (!Work(1)) return;
  if (seen_.size() < kUnindexedMax) {
    if (std::ranges::find(seen_, place) != seen_.end()) return;
  } else {
    if (seen_index_.empty()) {
      for (const Place seen : seen_) seen_index_.insert(KeyOf(seen));
    }
    if (!seen_index_.insert(KeyOf(place)).second) return;
  }
  if (seen_.size() >= kPlacesMax || nodes_.size() >= kNodesMax) {
    overflowed_ = true;
    return;
  }
  seen_.push_back(place);
  todo_.push_back(place);
}

void GrammarMatch::Close(Front& front) {
  while (!todo_.empty()) {
    const Place place = todo_.back();
    todo_.pop_back();
    Step(place, front);
  }
  seen_.clear();
  seen_index_.clear();
}

void GrammarMatch::Step(Place place, Front& front) {
  const Grammar::State& state =
      grammar_->states[static_cast<size_t>(place.state)];
  switch (state.kind) {
    case Kind::kCharacter:
    case Kind::kSet:
      front.places.push_back(place);
      return;
    case Kind::kSplit:
      Visit({.state = state.next, .after = place.after});
      Visit({.state = state.what, .after = place.after});
      return;
    case Kind::kCall:
      Call(state, place);
      return;
    case Kind::kEnd:
      break;
  }
  if (place.after == kNothing) {
    front.complete = true;
    return;
  }
  Node& node = nodes_[static_cast<size_t>(place.after)];
  // It may still get more edges.
  node.ended = true;
  for (int32_t i = node.edge; i >= 0;) {
    const Edge edge = edges_[static_cast<size_t>(i)];
    Visit({.state = node.state, .after = edge.node});
    i = edge.next;
  }
}

void GrammarMatch::Call(const Grammar::State& state, Place place) {
  const Grammar::State& next =
      grammar_->states[static_cast<size_t>(state.next)];
  // What a rule ends with need not come back to it: lists that are written as
  // their own tails stay flat.
  if (next.kind == Kind::kEnd) {
    Visit({.state = state.what, .after = place.after});
    return;
  }
  const int32_t node = NodeFor(state.next);
  AddEdge(node, place.after);
  Visit({.state = state.what, .after = node});
}

int32_t GrammarMatch::NodeFor(int32_t state) {
  for (size_t i = newest_node_; i < nodes_.size(); ++i) {
    if (nodes_[i].state == state) return static_cast<int32_t>(i);
  }
  Work(nodes_.size() - newest_node_);
  nodes_.push_back({.state = state});
  return static_cast<int32_t>(nodes_.size()) - 1;
}

void GrammarMatch::AddEdge(int32_t node_index, int32_t after) {
  Node& node = nodes_[static_cast<size_t>(node_index)];
  for (int32_t i = node.edge; i >= 0; i = edges_[static_cast<size_t>(i)].next) {
    if (edges_[static_cast<size_t>(i)].node == after) return;
  }
  Work(edges_.size() - newest_edge_);
  edges_.push_back({.node = after, .next = node.edge});
  node.edge = static_cast<int32_t>(edges_.size()) - 1;
  if (node.ended) Visit({.state = node.state, .after = after});
}

void GrammarMatch::DropUnreachable() {
  std::vector<int32_t> new_index(nodes_.size(), -1);
  std::vector<int32_t> todo = {kNothing};
  new_index[kNothing] = 0;
  const auto reach = [&](int32_t node) {
    int32_t& index = new_index[static_cast<size_t>(node)];
    if (index >= 0) return;
    index = 0;
    todo.push_back(node);
  };
  for (const Place place : front_.places) reach(place.after);
  while (!todo.empty()) {
    const int32_t node = todo.back();
    todo.pop_back();
    for (int32_t i = nodes_[static_cast<size_t>(node)].edge; i >= 0;
         i = edges_[static_cast<size_t>(i)].next) {
      reach(edges_[static_cast<size_t>(i)].node);
    }
  }
  int32_t kept = 0;
  for (int32_t& index : new_index) {
    if (index >= 0) index = kept++;
  }
  std::vector<Node> nodes;
  std::vector<Edge> edges;
  for (size_t node = 0; node < nodes_.size(); ++node) {
    if (new_index[node] < 0) continue;
    nodes.push_back({.state = nodes_[node].state});
    for (int32_t i = nodes_[node].edge; i >= 0;
         i = edges_[static_cast<size_t>(i)].next) {
      const int32_t after = edges_[static_cast<size_t>(i)].node;
      edges.push_back({.node = new_index[static_cast<size_t>(after)],
                       .next = nodes.back().edge});
      nodes.back().edge = static_cast<int32_t>(edges.size()) - 1;
    }
  }
  for (Place& place : front_.places) {
    place.after = new_index[static_cast<size_t>(place.after)];
  }
  nodes_ = std::move(nodes);
  edges_ = std::move(edges);
  kept_nodes_ = nodes_.size();
}

}  // namespace hwledger
