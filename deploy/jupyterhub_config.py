"""A hub whose users get JupyterLab and our pages; tests/app/test_hub.py runs it.

A link holds for everybody, through login and the start of a server, with its state:
/hub/user-redirect/voila/render/lrp_widgets/dashboard.ipynb?network=mini-resnet
"""

import os

c = get_config()  # noqa: F821  (JupyterHub gives it)

# Where one lands without a link: the lessons. JupyterLab is at /lab.
c.Spawner.default_url = "/voila/render/lrp_widgets/index.ipynb"
c.Spawner.cmd = ["jupyterhub-singleuser"]
c.Spawner.args = [
    # A page that is left takes its kernel along; what rests all the same ends after ten minutes.
    "--MappingKernelManager.cull_interval=60",
    "--MappingKernelManager.cull_idle_timeout=600",
]
c.Spawner.environment = {
    # Weights lie on the machine once, and all kernels map the same file.
    "LRP_WIDGETS_CACHE": os.environ.get("LRP_WIDGETS_CACHE", "/var/cache/lrp_widgets"),
    # Each has a server alone: two pages at once are enough.
    "LRP_WIDGETS_MAX_VISITORS": "3",
}
# Of spawners that can hold a user to it, such as SystemdSpawner and KubeSpawner.
c.Spawner.mem_limit = "2G"
c.Spawner.cpu_limit = 1.0
# A first start reads a gigabyte of libraries from the disk.
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 180
