"""Checks the security settings of rendered Kubernetes manifests, which schemas cannot: check-k8s.py FILE.

With --self-test it also takes the settings away one by one and fails unless each loss is noticed.
"""

import copy
import sys

import yaml


def find(documents, kind, name=None):
    found = [d for d in documents if d["kind"] == kind and name in (None, d["metadata"]["name"])]
    return found if name is None else (found[0] if found else {})


def at(tree, *path):
    for key in path:
        try:
            tree = tree[key]
        except (KeyError, IndexError, TypeError):
            return None
    return tree


def complaints(documents):
    wrong = []

    def need(holds, what):
        if not holds:
            wrong.append(what)

    deployment = find(documents, "Deployment", "vestibule")
    pod = at(deployment, "spec", "template", "spec") or {}
    containers = pod.get("containers") or [{}]
    box = containers[0]
    need(len(containers) == 1 and "initContainers" not in pod, "one container")
    need(box.get("args") == ["serve", "--config", "/etc/vestibule/vestibule.toml"], "the container serves")
    need(at(pod, "securityContext", "runAsNonRoot") is True, "runAsNonRoot")
    need((at(pod, "securityContext", "runAsUser") or 0) >= 10000, "runAsUser")
    need(at(pod, "securityContext", "seccompProfile", "type") == "RuntimeDefault", "seccompProfile")
    need(at(box, "securityContext", "readOnlyRootFilesystem") is True, "readOnlyRootFilesystem")
    need(at(box, "securityContext", "allowPrivilegeEscalation") is False, "allowPrivilegeEscalation")
    need(at(box, "securityContext", "capabilities") == {"drop": ["ALL"]}, "capabilities")
    need(at(box, "securityContext", "privileged") is not True, "not privileged")
    need(pod.get("automountServiceAccountToken") is False, "no token in the pod")
    account = find(documents, "ServiceAccount", pod.get("serviceAccountName"))
    need(account.get("automountServiceAccountToken") is False, "no token of the account")
    need(not any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")), "no namespace of the host")
    need(not any("hostPath" in volume for volume in pod.get("volumes", [])), "no path of the host")
    need("env" not in box and "envFrom" not in box, "secrets are files, never environment")
    need(not find(documents, "Secret"), "no secret value in the manifests")
    for probe, path in (("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
        expected = {"path": path, "port": "internal", "scheme": "HTTP"}
        need(at(box, probe, "httpGet") == expected, probe)
    for bound in ("requests", "limits"):
        need(at(box, "resources", bound, "memory") and at(box, "resources", bound, "cpu"), f"resources.{bound}")
    need(pod.get("topologySpreadConstraints"), "topologySpreadConstraints")

    budget = find(documents, "PodDisruptionBudget", "vestibule")
    need((at(budget, "spec", "minAvailable") or 0) >= 1, "PodDisruptionBudget")
    need((at(deployment, "spec", "replicas") or 0) >= 2, "two replicas")
    ports = [port.get("targetPort") for port in at(find(documents, "Service", "vestibule"), "spec", "ports") or []]
    need(ports == ["https"], "the public Service shows 8443 only")
    internal = find(documents, "Service", "vestibule-internal")
    need(at(internal, "spec", "type") == "ClusterIP", "the internal Service stays inside")

    gate = {"matchLabels": {"app.kubernetes.io/name": "vestibule"}}
    deny = at(find(documents, "NetworkPolicy", "default-deny"), "spec")
    need(deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}, "default deny")
    for policy in ("lis-from-the-gate-only", "database-from-the-gate-only"):
        rules = at(find(documents, "NetworkPolicy", policy), "spec", "ingress") or []
        sources = [source for rule in rules for source in rule.get("from") or ["anyone"]]
        need(sources == [{"podSelector": gate}], policy)
    for rule in at(find(documents, "NetworkPolicy", "vestibule-ingress"), "spec", "ingress") or [{}]:
        open_ports = [port.get("port") for port in rule.get("ports") or [{}]]
        need("from" in rule or open_ports == [8443], "only 8443 is open to everyone")
    for rule in at(find(documents, "NetworkPolicy", "vestibule-egress"), "spec", "egress") or [{}]:
        need(rule.get("to") and rule.get("ports"), "every way out has an end and a port")
    return wrong


LOSSES = [
    ("one container", "Deployment", "vestibule", ("spec", "template", "spec", "initContainers"), [{}]),
    ("runAsNonRoot", "Deployment", "vestibule", ("spec", "template", "spec", "securityContext", "runAsNonRoot"), False),
    ("runAsUser", "Deployment", "vestibule", ("spec", "template", "spec", "securityContext", "runAsUser"), 0),
    ("seccompProfile", "Deployment", "vestibule", ("spec", "template", "spec", "securityContext", "seccompProfile"), None),
    ("no token in the pod", "Deployment", "vestibule", ("spec", "template", "spec", "automountServiceAccountToken"), None),
    ("no namespace of the host", "Deployment", "vestibule", ("spec", "template", "spec", "hostNetwork"), True),
    ("topologySpreadConstraints", "Deployment", "vestibule", ("spec", "template", "spec", "topologySpreadConstraints"), None),
    ("no token of the account", "ServiceAccount", "vestibule", ("automountServiceAccountToken",), True),
    ("PodDisruptionBudget", "PodDisruptionBudget", "vestibule", ("spec", "minAvailable"), 0),
    ("the internal Service stays inside", "Service", "vestibule-internal", ("spec", "type"), "LoadBalancer"),
    ("default deny", "NetworkPolicy", "default-deny", ("spec", "policyTypes"), ["Ingress"]),
    ("lis-from-the-gate-only", "NetworkPolicy", "lis-from-the-gate-only", ("spec", "ingress"), [{}]),
    ("only 8443 is open to everyone", "NetworkPolicy", "vestibule-ingress", ("spec", "ingress"), [{}]),
    ("every way out has an end and a port", "NetworkPolicy", "vestibule-egress", ("spec", "egress"), [{}]),
]
BOX_LOSSES = [
    ("readOnlyRootFilesystem", ("securityContext", "readOnlyRootFilesystem"), False),
    ("allowPrivilegeEscalation", ("securityContext", "allowPrivilegeEscalation"), None),
    ("capabilities", ("securityContext", "capabilities"), {"drop": ["ALL"], "add": ["NET_ADMIN"]}),
    ("secrets are files, never environment", ("envFrom",), [{}]),
    ("startupProbe", ("startupProbe",), None),
    ("livenessProbe", ("livenessProbe",), None),
    ("readinessProbe", ("readinessProbe",), None),
    ("resources.limits", ("resources", "limits"), None),
]


def self_test(documents):
    box = ("spec", "template", "spec", "containers", 0)
    losses = LOSSES + [(what, "Deployment", "vestibule", box + path, value) for what, path, value in BOX_LOSSES]
    missed = []
    for what, kind, name, path, value in losses:
        damaged = copy.deepcopy(documents)
        holder = at(find(damaged, kind, name), *path[:-1])
        holder[path[-1]] = value
        if what not in complaints(damaged):
            missed.append(what)
    print(f"self-test: {len(losses) - len(missed)} losses noticed, {len(missed)} missed")
    return [f"self-test: the loss was not noticed: {what}" for what in missed]


def main(arguments):
    file = arguments[-1]
    with open(file, encoding="utf-8") as stream:
        documents = [document for document in yaml.safe_load_all(stream) if document]
    wrong = complaints(documents)
    if "--self-test" in arguments:
        wrong += self_test(documents)
    for what in wrong:
        print(f"{file}: not as it must be: {what}", file=sys.stderr)
    if not wrong:
        print(f"{file}: security settings present")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
