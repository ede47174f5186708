package io.serai.storage.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a journal holds after it was opened, read whole. */
final class Found {
  final Map<ByteBuffer, ByteBuffer> facts = new HashMap<>();
  final Map<Long, TreeMap<Long, byte[]>> owners = new HashMap<>();
  final List<String> oddities = new ArrayList<>();

  void add(long owner, long sequence, byte[] content) {
    TreeMap<Long, byte[]> messages = owners.computeIfAbsent(owner, _ -> new TreeMap<>());
    if (messages.containsKey(sequence)) {
      oddities.add("duplicated " + owner + "/" + sequence);
    } else if (!messages.isEmpty() && messages.lastKey() > sequence) {
      oddities.add("out of order " + owner + "/" + sequence);
    }
    if (content == null) {
      oddities.add("damaged " + owner + "/" + sequence + ": no content");
      return;
    }
    messages.put(sequence, content);
  }
}
