package io.serai.gateway.driver;

/**
 * What bounds connections over the whole node. Shared by the hubs of all loops.
 *
 * @param connections all of them; those beyond are closed as they come
 * @param perUser those of one user
 * @param perAddress those from one address
 * @param flapping clients that come and go
 * @param fairness how busy loops are, and how busy they may be
 */
public record Admission(
    ConnectionLimit connections,
    ConnectionQuota perUser,
    ConnectionQuota perAddress,
    FlappingWatch flapping,
    NodeLoad fairness) {}
