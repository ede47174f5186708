package io.serai.gateway.seeded;

import io.serai.routing.seeded.SeesGateway;
import java.util.List;

/** Breaks: the gateway kit sees of ours only model and bus. */
public record KitSeesRouting(List<String> names) {
  static List<SeesGateway> upwards() {
    return List.of(new SeesGateway(new KitSeesRouting(List.of())));
  }
}
