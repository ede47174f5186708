package io.serai.node.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import io.serai.gateway.Gateway;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rules hold for every class of the node, and each of them can fail. */
class ArchitectureTest {
  private static final JavaClasses NODE = classes("io.serai", false);
  private static final JavaClasses SEEDED = classes("io.serai", true);

  @Test
  void everyModuleIsLookedAt() {
    var layers = NODE.stream().map(type -> layerOf(type)).distinct().sorted().toList();
    assertThat(layers)
        .contains(
            "admin", "bus", "config", "gateway", "model", "node", "routing", "security", "storage");
    assertThat(gateways()).contains("amqp", "mqtt");
  }

  @TestFactory
  Stream<DynamicTest> nodeKeepsTheRule() {
    return rules().entrySet().stream()
        .map(it -> DynamicTest.dynamicTest(it.getKey(), () -> it.getValue().check(NODE)));
  }

  /** Negative control: classes under a package "seeded" break each rule once. */
  @TestFactory
  Stream<DynamicTest> aSeededViolationIsFound() {
    return rules().entrySet().stream()
        .filter(
            it -> !it.getKey().startsWith("gateway ") || it.getKey().matches("gateway (kit|amqp)"))
        .map(it ->
            DynamicTest.dynamicTest(
                it.getKey(),
                () ->
                    assertThat(it.getValue().evaluate(SEEDED).hasViolation())
                        .as(it.getValue().getDescription())
                        .isTrue()));
  }

  @Test
  void noMonitorIsHeldOnAnEventLoop() {
    assertThat(Monitors.heldIn(NODE)).isEmpty();
  }

  @Test
  void seededMonitorsAreFound() {
    assertThat(Monitors.heldIn(SEEDED))
        .containsExactly(
            "io.serai.bus.seeded.LocksAndWaits.block", "io.serai.bus.seeded.LocksAndWaits.whole");
  }

  /** Buffers apart, which {@link LayerRules} confines to the drivers. */
  @Test
  void onlyTheSocketsThemselvesKnowTheChannelBelowVertx() {
    var knowing =
        NODE.stream()
            .filter(type ->
                type.getDirectDependenciesFromSelf().stream()
                    .map(it -> it.getTargetClass().getPackageName())
                    .anyMatch(it ->
                        it.matches("io\\.vertx\\.core\\.(internal|impl|net\\.impl).*")
                            && !it.equals("io.vertx.core.internal.buffer")))
            .map(ArchitectureTest::outermost)
            .distinct()
            .toList();
    assertThat(knowing)
        .containsExactlyInAnyOrder(
            "io.serai.gateway.driver.PipelineTransport",
            "io.serai.gateway.driver.WebSocketTransport",
            "io.serai.gateway.driver.DatagramListener");
  }

  private static Map<String, ArchRule> rules() {
    var rules = new HashMap<>(LayerRules.all(gateways()));
    rules.putAll(PurityRules.all());
    return rules;
  }

  /** Root packages of the gateways: where an implementation of {@link Gateway} lives. */
  private static List<String> gateways() {
    return NODE.stream()
        .filter(type -> type.isAssignableTo(Gateway.class))
        .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
        .map(JavaClass::getPackageName)
        .filter(name -> name.startsWith("io.serai.gateway."))
        .map(name -> name.split("\\.")[3])
        .distinct()
        .sorted()
        .toList();
  }

  private static String layerOf(JavaClass type) {
    var parts = type.getPackageName().split("\\.");
    return parts.length > 2 ? parts[2] : "";
  }

  private static String outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type.getName());
  }

  private static JavaClasses classes(String root, boolean seeded) {
    return new ClassFileImporter()
        .withImportOption((Location at) -> at.contains("/seeded/") == seeded)
        .withImportOption((Location at) -> seeded || !at.contains("/test-classes/"))
        .importPackages(root);
  }
}
