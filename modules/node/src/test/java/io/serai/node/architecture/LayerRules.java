package io.serai.node.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who may see whom (docs/architecture.md, "Layers"): one rule per layer, by package. */
final class LayerRules {

  /** Our packages, and for each the others of ours it may use. A gateway's own row is added. */
  private static final Map<String, List<String>> MAY_USE =
      Map.of(
          "model", List.of(),
          "bus", List.of("model"),
          "config", List.of("model", "bus"),
          "routing", List.of("model", "bus"),
          "storage", List.of(),
          "admin", List.of("model", "bus", "config"));

  private static final List<String> GATEWAY_MAY_USE = List.of("model", "bus", "security", "config");

  private LayerRules() {}

  /**
   * The rules, by name.
   *
   * @param gateways the last part of each gateway's root package: amqp, mqtt, ...
   */
  static Map<String, ArchRule> all(List<String> gateways) {
    var rules = new LinkedHashMap<String, ArchRule>();
    MAY_USE.forEach((layer, others) -> rules.put(layer, seesOnly(layer, others)));
    rules.put("security", securitySeesOnly(gateways));
    rules.put("gateway kit", kitSeesOnly(gateways));
    for (var gateway : gateways) {
      rules.put("gateway " + gateway, gatewaySeesOnly(gateway, gateways));
    }
    rules.put("model libraries", modelLibraries());
    rules.put("event bus", eventBus());
    rules.put("vertx internals", vertxInternals());
    rules.put("cycles", slices().matching("io.serai.(**)").should().beFreeOfCycles());
    return rules;
  }

  private static ArchRule seesOnly(String layer, List<String> others) {
    var allowed = new ArrayList<String>();
    allowed.add("io.serai." + layer + "..");
    others.forEach(other -> allowed.add("io.serai." + other + ".."));
    return classes()
        .that(resideInAPackage("io.serai." + layer + ".."))
        .should()
        .onlyDependOnClassesThat(notOurs().or(resideInAnyPackage(allowed.toArray(String[]::new))))
        .as(layer + " sees of ours only " + (others.isEmpty() ? "itself" : others));
  }

  /** Security implements the kit's Authenticator, so it sees the kit, and no gateway. */
  private static ArchRule securitySeesOnly(List<String> gateways) {
    return classes()
        .that(resideInAPackage("io.serai.security.."))
        .should()
        .onlyDependOnClassesThat(
            notOurs()
                .or(inKit(gateways))
                .or(
                    resideInAnyPackage(
                        "io.serai.security..", "io.serai.model..", "io.serai.bus..")))
        .as("security sees of ours only model, bus and the gateway kit");
  }

  private static ArchRule kitSeesOnly(List<String> gateways) {
    return classes()
        .that(inKit(gateways))
        .should()
        .onlyDependOnClassesThat(
            notOurs()
                .or(inKit(gateways))
                .or(resideInAnyPackage("io.serai.model..", "io.serai.bus..")))
        .as("the gateway kit sees of ours only model and bus");
  }

  private static ArchRule gatewaySeesOnly(String gateway, List<String> gateways) {
    var own = "io.serai.gateway." + gateway + "..";
    var shared = GATEWAY_MAY_USE.stream().map(it -> "io.serai." + it + "..");
    return classes()
        .that(resideInAPackage(own))
        .should()
        .onlyDependOnClassesThat(
            notOurs()
                .or(inKit(gateways))
                .or(resideInAPackage(own))
                .or(resideInAnyPackage(shared.toArray(String[]::new))))
        .as("gateway " + gateway + " sees no routing, storage, cluster or other gateway");
  }

  private static ArchRule modelLibraries() {
    return classes()
        .that(resideInAPackage("io.serai.model.."))
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "io.serai.model..",
                "java..",
                "org.jspecify..",
                "io.vertx.core.buffer..",
                "io.netty.buffer..",
                "io.netty.util.."))
        .as("model sees the JDK and buffers");
  }

  private static ArchRule eventBus() {
    return noClasses()
        .that(
            resideInAPackage("io.serai..")
                .and(DescribedPredicate.not(resideInAPackage("io.serai.bus.."))))
        .should()
        .dependOnClassesThat(resideInAPackage("io.vertx.core.eventbus.."))
        .as("only bus knows the event bus and its addresses");
  }

  private static ArchRule vertxInternals() {
    return noClasses()
        .that(
            resideInAPackage("io.serai..")
                .and(DescribedPredicate.not(resideInAPackage("io.serai.gateway.driver.."))))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "io.vertx.core.internal..", "io.vertx.core.impl..", "io.vertx.core.net.impl.."))
        .as("only the drivers know what is not Vert.x's public API");
  }

  private static DescribedPredicate<JavaClass> notOurs() {
    return DescribedPredicate.not(resideInAPackage("io.serai.."));
  }

  private static DescribedPredicate<JavaClass> inKit(List<String> gateways) {
    return describe(
        "in the gateway kit",
        type -> {
          var name = type.getPackageName() + ".";
          return name.startsWith("io.serai.gateway.")
              && gateways.stream().noneMatch(it -> name.startsWith("io.serai.gateway." + it + "."));
        });
  }
}
