// catalogue_model NAME QUANTIZATION OUT: a GGUF file of a catalogue model whose
// weights are a hole: they read as zeros and take no room on the disk. It can
// be loaded like the real one, takes as much memory, and says nothing.
// with_vocabulary.py makes it one that can be talked to.
#include <iostream>

#include "core/model/catalogue.h"
#include "core/model/quantize_mix.h"
#include "tests/gguf_file.h"

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: catalogue_model NAME QUANTIZATION OUT\n";
    return 2;
  }
  const auto entry = hwledger::FindInCatalogue(argv[1]);
  if (!entry.ok()) {
    std::cerr << entry.status().message() << "\n";
    return 1;
  }
  const auto header = hwledger::Quantize(hwledger::HeaderOf(**entry), argv[2]);
  if (!header.ok()) {
    std::cerr << header.status().message() << "\n";
    return 1;
  }
  hwledger::WriteGguf(*header, argv[3]);
}
