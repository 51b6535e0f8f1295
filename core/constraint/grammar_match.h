#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/constraint/character_set.h"
#include "core/constraint/grammar.h"

namespace hwledger {

// The bytes of a character that have come so far.
struct PartialCharacter {
  char32_t value = 0;
  int32_t size = 0;     // Bytes of the whole; 0: none has come.
  int32_t missing = 0;  // Bytes.

  // The characters that it may become.
  CharacterRange range() const;
};

// How far a text follows a grammar. All ways to read the text are followed at
// once, and what they have in common is kept once: a byte takes time and memory
// by how many states they are in, never by how many ways there are. For one
// thread.
class GrammarMatch {
 public:
  explicit GrammarMatch(std::shared_ptr<const Grammar> grammar);

  // Where in the grammar the text that has been read may be.
  struct Front {
    // What must follow: a state that waits for a character, and what comes
    // after its rule.
    struct Place {
      int32_t state = 0;
      int32_t after = 0;

      friend bool operator==(const Place&, const Place&) = default;
    };
    std::vector<Place> places;
    bool complete = false;  // The text may end here.
    PartialCharacter partial;
  };
  const Front& front() const { return front_; }

  // Reads more of the text. False: it cannot go on so, and is read no further.
  bool Accept(std::string_view bytes);
  // Whether it could be read.
  bool Allows(std::string_view bytes);

  // For many attempts that begin alike: `to` becomes what follows `from` and
  // `byte`; false where nothing can. Rewind forgets what was noted for it.
  struct Mark {
    size_t nodes = 0;
    size_t edges = 0;
  };
  Mark mark() const { return {nodes_.size(), edges_.size()}; }
  void Rewind(Mark mark);
  bool Advance(const Front& from, char byte, Front& to);

  // To follow the grammar takes more than any of use does; what was refused
  // since may have been right.
  bool overflowed() const { return overflowed_; }

 private:
  using Place = Front::Place;
  // What comes after a rule that was called: a state of its caller, and after
  // that what comes after the caller. Calls at the same byte share theirs.
  struct Node {
    int32_t state = 0;
    int32_t edge = -1;   // The first of a list.
    bool ended = false;  // Its rule derived nothing, at the newest byte.
  };
  struct Edge {
    int32_t node = 0;
    int32_t next = -1;
  };

  // Counts what has been done; false: it is too much.
  bool Work(size_t steps);
  void Visit(Place place);
  void Close(Front& front);
  void Step(Place place, Front& front);
  void Call(const Grammar::State& state, Place place);
  int32_t NodeFor(int32_t state);
  void AddEdge(int32_t node, int32_t after);
  void DropUnreachable();

  std::shared_ptr<const Grammar> grammar_;
  // Those of the newest byte are the last ones.
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  size_t newest_node_ = 0;
  size_t newest_edge_ = 0;
  size_t kept_nodes_ = 0;  // After the last DropUnreachable.
  Front front_;
  size_t work_ = 0;  // Since the last Accept.
  bool overflowed_ = false;
  // While a front is made.
  std::vector<Place> todo_;
  std::vector<Place> seen_;
  std::unordered_set<int64_t> seen_index_;  // Once there are many.
};

}  // namespace hwledger
