package io.serai.routing;

import io.serai.model.Topic;

/** Which shard owns what. The same on every loop, so nobody has to ask. */
final class Placement {
  private Placement() {}

  /** The owner of something with a name: a queue, a client id. */
  static int of(String vhost, String name, int shards) {
    return of(vhost, name.hashCode(), shards);
  }

  /** The owner of a topic's retained value. */
  static int ofTopic(String vhost, Topic topic, int shards) {
    return of(vhost, topic.hashCode(), shards);
  }

  /** The owner of something whose name hashes to {@code nameHash}. */
  static int of(String vhost, int nameHash, int shards) {
    int mixed = (31 * vhost.hashCode() + nameHash) * 0x9E3779B9;
    return Math.floorMod(mixed >>> 8, shards);
  }
}
